import { onJob } from '@diaspora/kit';
import {
  consulPerformanceSlice,
  createConsulPerformances,
  createConsulReviewLoaders,
  createConsulReviews,
  createMandateWarnings,
  performanceHandlers,
} from './consul-performance/index.js';
import type { Foundation } from './dependencies.js';
import { createEventOwners, eventOwnersSlice } from './event-owners/index.js';
import { beginOffice, endLapsedOffice } from './jobs.js';
import { createApplications, officeApplicationsSlice } from './office-applications/index.js';
import { createOfficeLoaders, createOffices, officesSlice } from './offices/index.js';
import type { Platform } from './platform-settings/index.js';
import { createSuperUsers, superUsersSlice } from './super-users/index.js';

interface Dependencies extends Foundation {
  readonly settings: Platform['settings'];
}

export type OfficeParts = ReturnType<typeof composeOffices>;

/** Offices, who asks for them and how they are held, put together. */
export function composeOffices({ config, settings, ...dependencies }: Dependencies) {
  const { db } = dependencies;
  const seats = { AMBASSADOR: config.AMBASSADORS_PER_COUNTRY, CONSUL: config.CONSULS_PER_CITY };
  const offices = createOffices({ ...dependencies, seats });
  const applications = createApplications({ ...dependencies, offices });
  const services = {
    offices,
    applications,
    consulPerformances: createConsulPerformances({ ...dependencies, offices, settings }),
    consulReviews: createConsulReviews(dependencies),
    eventOwners: createEventOwners(dependencies),
    superUsers: createSuperUsers(dependencies),
  };
  return {
    services,
    slices: [
      officesSlice,
      officeApplicationsSlice,
      consulPerformanceSlice,
      eventOwnersSlice,
      superUsersSlice,
    ],
    createLoaders: () => ({
      ...createOfficeLoaders(db, offices),
      ...createConsulReviewLoaders(db),
    }),
    handlers: performanceHandlers,
    jobs: {
      ...onJob(beginOffice, offices.beginDue),
      ...onJob(endLapsedOffice, offices.endIfLapsed),
      ...createMandateWarnings({ ...dependencies, offices, settings }),
    },
  };
}
