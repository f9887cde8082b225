import type { Foundation } from './dependencies.js';
import type { Offices } from './offices/index.js';
import {
  createImpersonationLetters,
  createImpersonations,
  impersonationSlice,
} from './impersonation/index.js';
import { platformSettingsSlice, type Platform } from './platform-settings/index.js';
import type { Profiles } from './profiles/index.js';
import { createIssueAccess, type IssueAccessToken, type Sessions } from './sessions/index.js';
import { createSuspensionLetters, createSuspensions, suspensionSlice } from './suspension/index.js';

import { createCounting, createUserMetrics, userMetricsSlice } from './user-metrics/index.js';
import { createUserSearch, createUserSearchLoaders, userSearchSlice } from './user-search/index.js';

interface Dependencies extends Foundation {
  readonly sessions: Sessions;
  readonly offices: Offices;
  readonly profiles: Profiles;
  readonly platform: Platform;
  readonly issueAccessToken: IssueAccessToken;
}

export type AdministrationParts = ReturnType<typeof composeAdministration>;

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
  const common = { ...dependencies, accessTokenSeconds: dependencies.config.ACCESS_TOKEN_SECONDS };
  const impersonations = createImpersonations({
    ...common,
    letters: createImpersonationLetters(dependencies),
    issueAccess: createIssueAccess(common),
    announceEnd: sessions.announceEnd,
  });
  const counting = createCounting(dependencies);
  const services = {
    suspensions,
    platform,
    userSearch: createUserSearch(dependencies),
    impersonations,
    userMetrics: createUserMetrics(dependencies),
  };
  return {
    services,
    slices: [suspensionSlice, platformSettingsSlice, userSearchSlice, impersonationSlice, userMetricsSlice],
    createLoaders: () => createUserSearchLoaders(dependencies),
    jobs: { ...suspensions.jobs, ...impersonations.jobs, ...counting.jobs },
    crontab: [counting.crontab],
    /** Each night. */
    forget: impersonations.forget,
  };
}
