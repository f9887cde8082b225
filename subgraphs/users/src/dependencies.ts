import type { Audit, Cache, Clock, Mailer, Outbox, PrivateStore, Revocations } from '@diaspora/kit';
import type { UsersConfig } from './config.js';
import type { Db } from './database.js';
import type { Epochs } from './epochs.js';
import type { IdentityProviders } from './federation-login/index.js';
import type { UsersMessages } from './messages.js';
import type { Texting } from './texting/index.js';

/** What the subgraph is given: all that reaches beyond its process. */
export interface UsersDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly mailer: Mailer;
  readonly texting: Texting;
  readonly revocations: Revocations;
  readonly cache: Cache;
  readonly identityProviders: IdentityProviders;
  readonly privateStore: PrivateStore;
  readonly config: Pick<
    UsersConfig,
    | 'ACCESS_TOKEN_SECONDS'
    | 'ADDRESS_ATTEMPTS'
    | 'ADDRESS_REQUESTS'
    | 'AMBASSADORS_PER_COUNTRY'
    | 'BCRYPT_COST'
    | 'CONSULS_PER_CITY'
    | 'DATA_EXPORT_DAYS'
    | 'ERASURE_DAYS'
    | 'JWT_AUDIENCE'
    | 'JWT_ISSUER'
    | 'OIDC_REDIRECT_URIS'
    | 'REFRESH_REPLAY_SECONDS'
    | 'SESSION_SECONDS'
    | 'SIGNING_KEY_SECONDS'
    | 'SUPER_USER_EMAILS'
    | 'TOKEN_SECRET'
    | 'VIEWER_SECRET'
  >;
}

/** What every part of it is put together from. */
export interface Foundation extends UsersDependencies {
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
}
