import type { Audit, Clock, Mailer, Outbox } from '@diaspora/kit';
import type { Db } from './database.js';
import type { Epochs } from './epochs.js';
import type { UsersMessages } from './messages.js';
import type { Offices } from './offices/index.js';
import {
  createImpersonationLetters,
  createImpersonations,
  impersonationSlice,
  type Impersonations,
} from './impersonation/index.js';
import { platformSettingsSlice, type Platform } from './platform-settings/index.js';
import type { Profiles } from './profiles/index.js';
import { createIssueAccess, type IssueAccessToken, type Sessions } from './sessions/index.js';
import {
  createSuspensionLetters,
  createSuspensions,
  suspensionSlice,
  type Suspensions,
} from './suspension/index.js';

import {
  createCounting,
  createUserMetrics,
  userMetricsSlice,
  type UserMetrics,
} from './user-metrics/index.js';
import {
  createUserSearch,
  createUserSearchLoaders,
  userSearchSlice,
  type UserSearch,
  type UserSearchLoaders,
} from './user-search/index.js';

export interface AdministrationServices {
  readonly suspensions: Suspensions;
  readonly platform: Platform;
  readonly userSearch: UserSearch;
  readonly impersonations: Impersonations;
  readonly userMetrics: UserMetrics;
}

export type AdministrationLoaders = UserSearchLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly mailer: Mailer;
  readonly epochs: Epochs;
  readonly sessions: Sessions;
  readonly offices: Offices;
  readonly profiles: Profiles;
  readonly platform: Platform;
  readonly issueAccessToken: IssueAccessToken;
  readonly accessTokenSeconds: number;
}

/** What super users do about people and the platform, put together. */
export function composeAdministration({
  sessions,
  offices,
  profiles,
  platform,
  ...dependencies
}: Dependencies) {
  const suspensions = createSuspensions({
    ...dependencies,
    letters: createSuspensionLetters(dependencies),
    endSessions: sessions.endAll,
    endOffices: offices.endAllOf,
    showSuspended: profiles.showSuspended,
  });
  const impersonations = createImpersonations({
    ...dependencies,
    letters: createImpersonationLetters(dependencies),
    issueAccess: createIssueAccess(dependencies),
    announceEnd: sessions.announceEnd,
  });
  const counting = createCounting(dependencies);
  const services: AdministrationServices = {
    suspensions,
    platform,
    userSearch: createUserSearch(dependencies),
    impersonations,
    userMetrics: createUserMetrics(dependencies),
  };
  return {
    services,
    slices: [suspensionSlice, platformSettingsSlice, userSearchSlice, impersonationSlice, userMetricsSlice],
    createLoaders: (): AdministrationLoaders => createUserSearchLoaders(dependencies),
    jobs: { ...suspensions.jobs, ...impersonations.jobs, ...counting.jobs },
    crontab: [counting.crontab],
    /** Each night. */
    forget: impersonations.forget,
  };
}
