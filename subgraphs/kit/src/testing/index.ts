export * from './audit.js';
export * from './contract.js';
export * from './database.js';
export * from './personal-data.js';
export * from './private-store.js';
export { serve } from './serve.js';
export * from './smtp-servers.js';
export * from './statements.js';
export * from './subgraph.js';
