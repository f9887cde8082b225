import { defineSubgraph, startSubgraph, type Clock, type Logger, type RunningSubgraph } from '@diaspora/kit';
import type { SearchConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import { indexingHandlers } from './indexing/index.js';
import { nodesSlice } from './nodes/index.js';
import { createQuerying, queryingSlice } from './querying/index.js';

export interface SearchDependencies {
  readonly db: Db;
}

/** The composition root: dependencies in, subgraph out. */
export function createSearchSubgraph({ db }: SearchDependencies) {
  const services = { querying: createQuerying({ db }) };
  return defineSubgraph<Context>({
    name: 'search',
    slices: [nodesSlice, queryingSlice],
    createContext: (base) => ({ ...base, services }),
    handlers: indexingHandlers,
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export const startSearch = (options: {
  config: SearchConfig;
  log: Logger;
  clock?: Clock;
}): Promise<RunningSubgraph> =>
  startSubgraph({
    ...options,
    name: 'search',
    connect: connectDatabase,
    create: ({ db }) => createSearchSubgraph({ db }),
  });
