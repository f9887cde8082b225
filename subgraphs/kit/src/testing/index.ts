export * from './contract.js';
export * from './database.js';
export * from './subgraph.js';
