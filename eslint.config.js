import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jest from 'eslint-plugin-jest';
import ts from 'typescript-eslint';

const noProcessEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only main.ts reads the environment; pass configuration as an argument.',
};
const noModuleMocks = {
  selector:
    "CallExpression[callee.object.name='jest'][callee.property.name=/^(mock|unstable_mockModule|doMock)$/]",
  message: 'Module mocking is banned: pass a fake as an argument.',
};

export default ts.config(
  {
    ignores: [
      '**/__generated__/**',
      '**/node_modules/**',
      '.data/**',
      'router/graphiql/dist/**',
      'router/dist/**',
      'subgraphs/kit/dist/**',
      'bench/peers/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
      'no-restricted-syntax': ['error', noProcessEnv, noModuleMocks],
    },
  },
  {
    files: [
      '**/main.ts',
      'local/src/journeys/saga-process.ts',
      'scripts/**',
      'bench/src/**',
      '**/testing/**',
      'subgraphs/kit/src/embedded/**',
    ],
    rules: { 'no-console': 'off', 'no-restricted-syntax': ['error', noModuleMocks] },
  },
  { files: ['**/*.test.ts'], ...jest.configs['flat/recommended'] },
  {
    files: ['**/*.test.ts'],
    rules: {
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'describe*'] }],
      'jest/no-standalone-expect': 'off',
      'no-restricted-syntax': ['error', noModuleMocks],
    },
  },
  {
    // Answers are asserted field by field; typing each query here would say everything twice.
    files: [
      '**/*.test.ts',
      '**/testing/**',
      'local/src/journeys/**',
      'local/src/{actions,ticket-actions}.ts',
    ],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  prettier,
);
