import {
  createAudit,
  createCache,
  createLongJobs,
  createMailer,
  createOutbox,
  createPrivateStore,
  createRevocations,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Cache,
  type Clock,
  type Logger,
  type Mailer,
  type PrivateStore,
  type RunningSubgraph,
  type Revocations,
} from '@diaspora/kit';
import { composeAccounts } from './account-parts.js';
import { composeAdministration } from './administration-parts.js';
import { auditSlice, createAuditing } from './audit/index.js';
import { composeClients } from './client-parts.js';
import type { UsersConfig } from './config.js';
import type { Context } from './context.js';
import { composeCustomers } from './customer-parts.js';
import { connectDatabase, type Db } from './database.js';
import { entitlementHandlers } from './entitlements.js';
import { createEpochs } from './epochs.js';
import { createForwardedMails } from './forwarded-mails/index.js';
import { createIdentityProviders, type IdentityProviders } from './federation-login/index.js';
import { forgetOutlived } from './jobs.js';
import { messages } from './messages.js';
import { composeOffices } from './office-parts.js';
import { composeOrganizations } from './organization-parts.js';
import { composePeople } from './people-parts.js';
import { createPlatformSettings } from './platform-settings/index.js';
import { composePrivacy } from './privacy-parts.js';
import { createProfileLoaders, createProfiles, profilesSlice } from './profiles/index.js';
import { clockMarginSeconds } from './sessions/index.js';
import { createSuperUsers, superUsersSlice } from './super-users/index.js';
import { createTexting, type Texting } from './texting/index.js';

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

/** The composition root: dependencies in, subgraph out. */
export function createUsersSubgraph(dependencies: UsersDependencies) {
  const { db, clock, mailer, texting, revocations, cache, identityProviders, privateStore, config } =
    dependencies;
  const outbox = createOutbox(messages, { clock });
  const audit = createAudit({ source: 'users', clock });
  const epochs = createEpochs({ db, revocations });
  const platform = createPlatformSettings({ db, clock, outbox, audit });
  const access = composeAccounts({
    ...{ db, clock, outbox, audit, epochs, mailer, texting, revocations, identityProviders, config },
    settings: platform.settings,
    cancelErasure: async (tx, accountId) => {
      await privacy.services.erasures.cancelOpen(tx, accountId);
    },
  });
  const { attempts, budgets, keys, issueAccessToken } = access;
  const { accounts, sessions } = access.services;
  const profiles = createProfiles({ db, clock, outbox });
  const offices = composeOffices({ db, clock, outbox, audit, epochs, settings: platform.settings, config });
  const superUsers = createSuperUsers({ db, clock, outbox, audit, epochs });
  const parts = composeOrganizations({ db, clock, audit, mailer, cache, budgets });
  const auditing = createAuditing({
    db,
    clock,
    audit,
    secret: config.TOKEN_SECRET,
    keepYears: async () => (await platform.settings()).auditYears,
  });
  const { auditTrail, eraseAuditDetails } = auditing;
  const { authority } = parts.services;
  const crm = composeCustomers({
    ...{ db, clock, audit, authority, budgets, privateStore, eraseAuditDetails },
    longJobs: createLongJobs({ db, clock }),
  });
  const privacy = composePrivacy({
    ...{ db, clock, outbox, audit, mailer, epochs, privateStore, sessions, eraseAuditDetails, config },
    provePassword: accounts.provePassword,
    offices: offices.services.offices,
    organizationMembers: parts.services.organizationMembers,
  });
  const people = composePeople({ db, clock, outbox });
  const forwarded = createForwardedMails({ db, clock, outbox, mailer, privateStore });
  const { announceEnd } = sessions;
  const clients = composeClients({ db, clock, audit, attempts, keys, revocations, announceEnd, config });
  const administration = composeAdministration({
    db,
    clock,
    outbox,
    audit,
    mailer,
    epochs,
    sessions,
    offices: offices.services.offices,
    profiles,
    platform,
    issueAccessToken,
    accessTokenSeconds: config.ACCESS_TOKEN_SECONDS,
  });
  const services = {
    ...access.services,
    profiles,
    superUsers,
    auditTrail,
    ...offices.services,
    ...parts.services,
    ...people.services,
    ...crm.services,
    ...clients.services,
    ...administration.services,
    ...privacy.services,
  };

  return defineSubgraph<Context>({
    name: 'users',
    slices: [
      ...access.slices,
      profilesSlice,
      superUsersSlice,
      auditSlice,
      ...offices.slices,
      ...parts.slices,
      ...people.slices,
      ...crm.slices,
      ...clients.slices,
      ...administration.slices,
      ...privacy.slices,
    ],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createProfileLoaders(db, base.viewer),
        ...offices.createLoaders(),
        ...parts.createLoaders(base.viewer),
        ...people.createLoaders(base.viewer),
        ...crm.createLoaders(base.viewer),
        ...clients.createLoaders(),
        ...administration.createLoaders(),
      },
    }),
    impersonatorsMay: ['endImpersonation'],
    handlers: [
      ...entitlementHandlers,
      ...auditing.handlers,
      ...offices.handlers,
      ...privacy.handlers,
      ...forwarded.handlers,
    ],
    jobs: {
      ...access.jobs,
      ...epochs.jobs,
      ...auditing.jobs,
      ...offices.jobs,
      ...parts.jobs,
      ...crm.jobs,
      ...clients.jobs,
      ...administration.jobs,
      ...privacy.jobs,
      ...forwarded.jobs,
      ...onJob(forgetOutlived, async () => {
        await access.forget();
        // Before the organizations: what the trail kept of their customers goes too.
        await crm.forget();
        await parts.forget();
        await clients.forget();
        await administration.forget();
        await privacy.forget();
      }),
    },
    crontab: [
      `23 3 * * * ${forgetOutlived.name}`,
      ...access.crontab,
      ...auditing.crontab,
      ...privacy.crontab,
      ...administration.crontab,
    ].join('\n'),
    routes: (app) => {
      clients.routes(app);
      app.get('/.well-known/jwks.json', async (_request, response) => {
        response.set('cache-control', 'public, max-age=300').json(await keys.jwks());
      });
    },
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export const startUsers = (options: {
  config: UsersConfig;
  log: Logger;
  clock?: Clock;
}): Promise<RunningSubgraph> =>
  startSubgraph({
    ...options,
    name: 'users',
    // Minimal: other formats quote the arguments of a failed query, and errors are logged.
    connect: connectDatabase,
    create: async ({ db, clock, log, redis, namespace, onStop }) => {
      const privateStore = await createPrivateStore(options.config);
      onStop(() => privateStore.stop());
      const mailer = await createMailer(options.config);
      return createUsersSubgraph({
        db,
        clock,
        config: options.config,
        mailer,
        texting: await createTexting(options.config, { mailer, log }),
        cache: createCache({ redis, namespace, log }),
        identityProviders: createIdentityProviders({ providers: options.config.OIDC_PROVIDERS, log }),
        privateStore,
        revocations: createRevocations({
          redis,
          namespace,
          clock,
          epochSeconds: options.config.ACCESS_TOKEN_SECONDS + clockMarginSeconds,
        }),
      });
    },
  });
