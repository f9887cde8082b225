export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{subgraphs,router,local,client-sdk,bench,scripts}/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/bench/peers', '<rootDir>/.data'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/scripts/jest-global-setup.js',
  globalTeardown: '<rootDir>/scripts/jest-global-teardown.js',
  // Ends what hangs; that a machine is busy is no fault.
  testTimeout: 120_000,
  // Tests wait for the database much of the time: a core left for it would stand idle.
  maxWorkers: '100%',
  // Modules of a test file are never quite let go: a worker that holds this much is replaced by a new one.
  workerIdleMemoryLimit: '1500MB',
};
