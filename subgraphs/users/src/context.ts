import type { BaseContext } from '@diaspora/kit';
import type { Accounts } from './accounts/index.js';
import type { OfficeLoaders, Offices } from './offices/index.js';
import type { ProfileLoaders, Profiles } from './profiles/index.js';
import type { Sessions } from './sessions/index.js';

export interface Services {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly profiles: Profiles;
  readonly offices: Offices;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: ProfileLoaders & OfficeLoaders;
}
