import { createLogger, type Clock } from '@diaspora/kit';
import { Registry } from 'prom-client';
import type { Db } from '../database.js';
import { createMessagingSubgraph, type MessagingDependencies } from '../subgraph.js';
import { usualConfig } from './config.js';

export const silent = createLogger({ name: 'messaging', level: 'silent' });

/** Messaging in a process of its own that is there to do jobs and to be killed: nobody listens to it. */
export const jobsOf = (
  dependencies: { readonly db: Db; readonly clock: Clock },
  config: Partial<MessagingDependencies['config']> = {},
) =>
  createMessagingSubgraph({
    ...dependencies,
    live: { publish: async () => undefined } as never,
    expiring: {} as never,
    privateStore: {} as never,
    registry: new Registry(),
    config: { FREE_MESSAGES_PER_DAY: 50, ...usualConfig, ...config },
  }).jobs!;
