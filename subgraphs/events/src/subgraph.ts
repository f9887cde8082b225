import {
  createOutbox,
  defineSubgraph,
  startSubgraph,
  type Clock,
  type Logger,
  type RunningSubgraph,
} from '@diaspora/kit';
import { catalogSlice, createCatalog, createCatalogLoaders } from './catalog/index.js';
import type { EventsConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import { messages } from './messages.js';
import { createOrganizing, organizingSlice } from './organizing/index.js';
import {
  createParticipation,
  createParticipationLoaders,
  participationSlice,
} from './participation/index.js';
import { timeSlice } from './time/index.js';

export interface EventsDependencies {
  readonly db: Db;
  readonly clock: Clock;
}

/** The composition root: dependencies in, subgraph out. */
export function createEventsSubgraph({ db, clock }: EventsDependencies) {
  const outbox = createOutbox(messages, { clock });
  const services = {
    catalog: createCatalog({ db, clock }),
    organizing: createOrganizing({ db, clock, outbox }),
    participation: createParticipation({ db, clock, outbox }),
  };

  return defineSubgraph<Context>({
    name: 'events',
    slices: [timeSlice, catalogSlice, organizingSlice, participationSlice],
    createContext: (base) => ({
      ...base,
      services,
      loaders: { ...createCatalogLoaders(db, base.viewer), ...createParticipationLoaders(db, base.viewer) },
    }),
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export const startEvents = (options: {
  config: EventsConfig;
  log: Logger;
  clock?: Clock;
}): Promise<RunningSubgraph> =>
  startSubgraph({
    ...options,
    name: 'events',
    connect: connectDatabase,
    create: ({ db, clock }) => createEventsSubgraph({ db, clock }),
  });
