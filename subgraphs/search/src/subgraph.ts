import {
  createPersonalData,
  createPrivateStore,
  defineSubgraph,
  startSubgraph,
  type Clock,
  type Logger,
  type PrivateStore,
  type RunningSubgraph,
} from '@diaspora/kit';
import { blockHandlers } from './blocks/index.js';
import { friendshipHandlers } from './friendships/index.js';
import type { SearchConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import { userIds } from './ids.js';
import { indexingHandlers } from './indexing/index.js';
import { nodesSlice } from './nodes/index.js';
import { createSearchPersonalData } from './personal-data/index.js';
import { createQuerying, queryingSlice } from './querying/index.js';

export interface SearchDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly privateStore: PrivateStore;
}

/** The composition root: dependencies in, subgraph out. */
export function createSearchSubgraph({ db, clock, privateStore }: SearchDependencies) {
  const services = { querying: createQuerying({ db }) };
  const personalData = createPersonalData({
    source: 'search',
    requestedBy: 'users',
    personIds: userIds,
    clock,
    db,
    store: privateStore,
    personalData: createSearchPersonalData({ db }),
  });
  return defineSubgraph<Context>({
    name: 'search',
    slices: [nodesSlice, queryingSlice],
    createContext: (base) => ({ ...base, services }),
    handlers: [...indexingHandlers, ...blockHandlers, ...friendshipHandlers, ...personalData.handlers],
    jobs: personalData.jobs,
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
    create: async ({ db, clock, onStop }) => {
      const privateStore = await createPrivateStore(options.config);
      onStop(() => privateStore.stop());
      return createSearchSubgraph({ db, clock, privateStore });
    },
  });
