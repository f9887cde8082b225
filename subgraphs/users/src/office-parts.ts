import { onJob, type Audit, type Clock, type Outbox } from '@diaspora/kit';
import type { UsersConfig } from './config.js';
import {
  consulPerformanceSlice,
  createConsulPerformances,
  createConsulReviewLoaders,
  createConsulReviews,
  performanceHandlers,
  type ConsulPerformances,
  type ConsulReviewLoaders,
  type ConsulReviews,
} from './consul-performance/index.js';
import type { Db } from './database.js';
import type { Epochs } from './epochs.js';
import { createEventOwners, eventOwnersSlice, type EventOwners } from './event-owners/index.js';
import { beginOffice, endLapsedOffice } from './jobs.js';
import type { UsersMessages } from './messages.js';
import {
  createApplications,
  officeApplicationsSlice,
  type Applications,
} from './office-applications/index.js';
import {
  createOfficeLoaders,
  createOffices,
  officesSlice,
  type OfficeLoaders,
  type Offices,
} from './offices/index.js';
import type { Platform } from './platform-settings/index.js';

export interface OfficeServices {
  readonly offices: Offices;
  readonly applications: Applications;
  readonly consulPerformances: ConsulPerformances;
  readonly consulReviews: ConsulReviews;
  readonly eventOwners: EventOwners;
}

export type OfficePartLoaders = OfficeLoaders & ConsulReviewLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
  readonly settings: Platform['settings'];
  readonly config: Pick<UsersConfig, 'AMBASSADORS_PER_COUNTRY' | 'CONSULS_PER_CITY'>;
}

/** Offices, who asks for them and how they are held, put together. */
export function composeOffices({ config, settings, ...dependencies }: Dependencies) {
  const { db } = dependencies;
  const seats = { AMBASSADOR: config.AMBASSADORS_PER_COUNTRY, CONSUL: config.CONSULS_PER_CITY };
  const offices = createOffices({ ...dependencies, seats });
  const applications = createApplications({ ...dependencies, offices });
  const services: OfficeServices = {
    offices,
    applications,
    consulPerformances: createConsulPerformances({ ...dependencies, offices, settings }),
    consulReviews: createConsulReviews(dependencies),
    eventOwners: createEventOwners(dependencies),
  };
  return {
    services,
    slices: [officesSlice, officeApplicationsSlice, consulPerformanceSlice, eventOwnersSlice],
    createLoaders: (): OfficePartLoaders => ({
      ...createOfficeLoaders(db, offices),
      ...createConsulReviewLoaders(db),
    }),
    handlers: performanceHandlers,
    jobs: { ...onJob(beginOffice, offices.beginDue), ...onJob(endLapsedOffice, offices.endIfLapsed) },
  };
}
