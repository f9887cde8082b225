import {
  createAudit,
  createCache,
  createMailer,
  createOutbox,
  createPrivateStore,
  createRevocations,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Clock,
  type JobTasks,
  type Logger,
  type MessageHandler,
  type RunningSubgraph,
  type Slice,
} from '@diaspora/kit';
import { composeAccounts } from './account-parts.js';
import { composeAdministration } from './administration-parts.js';
import { auditSlice, createAuditing } from './audit/index.js';
import { composeClients } from './client-parts.js';
import type { UsersConfig } from './config.js';
import type { Context } from './context.js';
import { composeCustomers } from './customer-parts.js';
import { connectDatabase, type Transaction } from './database.js';
import type { Foundation, UsersDependencies } from './dependencies.js';
import { entitlementHandlers } from './entitlements.js';
import { createEpochs } from './epochs.js';
import { createIdentityProviders } from './federation-login/index.js';
import { createForwardedMails } from './forwarded-mails/index.js';
import { forgetOutlived } from './jobs.js';
import { messages } from './messages.js';
import { composeOffices } from './office-parts.js';
import { composeOrganizations } from './organization-parts.js';
import { composePeople } from './people-parts.js';
import { createPlatformSettings } from './platform-settings/index.js';
import { composePrivacy } from './privacy-parts.js';
import { clockMarginSeconds } from './sessions/index.js';
import { createTexting } from './texting/index.js';

/** What a group of slices adds to the subgraph beside its services and loaders. */
interface Parts {
  readonly slices?: readonly Slice[];
  readonly handlers?: readonly MessageHandler<Transaction>[];
  readonly jobs?: JobTasks;
  readonly crontab?: readonly string[];
  /** Each night: drops what has outlived its use. */
  readonly forget?: () => Promise<unknown>;
}

/** The composition root: dependencies in, subgraph out. */
export function createUsersSubgraph(dependencies: UsersDependencies) {
  const { db, clock, revocations, config } = dependencies;
  const outbox = createOutbox(messages, { clock });
  const audit = createAudit({ source: 'users', clock });
  const epochs = createEpochs({ db, revocations });
  const foundation: Foundation = { ...dependencies, outbox, audit, epochs };
  const platform = createPlatformSettings(foundation);
  const { settings } = platform;
  const accounts = composeAccounts({
    ...foundation,
    settings,
    cancelErasure: async (tx, accountId) => {
      await privacy.services.erasures.cancelOpen(tx, accountId);
    },
  });
  const { attempts, budgets, keys, issueAccessToken } = accounts;
  const { sessions } = accounts.services;
  const people = composePeople({ ...foundation, budgets });
  const offices = composeOffices({ ...foundation, settings });
  const organizations = composeOrganizations({ ...foundation, budgets });
  const auditing = createAuditing({
    ...foundation,
    secret: config.TOKEN_SECRET,
    keepYears: async () => (await settings()).auditYears,
  });
  const { eraseAuditDetails } = auditing;
  const customers = composeCustomers({
    ...{ ...foundation, budgets, eraseAuditDetails },
    authority: organizations.services.authority,
  });
  const privacy = composePrivacy({
    ...{ ...foundation, sessions, eraseAuditDetails },
    provePassword: accounts.services.accounts.provePassword,
    offices: offices.services.offices,
    organizationMembers: organizations.services.organizationMembers,
  });
  const clients = composeClients({ ...foundation, attempts, keys, announceEnd: sessions.announceEnd });
  const administration = composeAdministration({
    ...{ ...foundation, sessions, platform, issueAccessToken },
    offices: offices.services.offices,
    profiles: people.services.profiles,
  });
  const services = {
    ...accounts.services,
    ...people.services,
    ...offices.services,
    ...organizations.services,
    ...customers.services,
    ...clients.services,
    ...administration.services,
    ...privacy.services,
    auditTrail: auditing.auditTrail,
  };
  const parts: readonly Parts[] = [
    accounts,
    people,
    offices,
    // Before the organizations: what the trail kept of their customers is forgotten with them.
    customers,
    organizations,
    clients,
    administration,
    privacy,
    { ...auditing, slices: [auditSlice] },
    createForwardedMails(foundation),
    { handlers: entitlementHandlers, jobs: epochs.jobs },
  ];

  return defineSubgraph<Context>({
    name: 'users',
    slices: parts.flatMap(({ slices = [] }) => slices),
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...people.createLoaders(base.viewer),
        ...offices.createLoaders(),
        ...organizations.createLoaders(base.viewer),
        ...customers.createLoaders(base.viewer),
        ...clients.createLoaders(),
        ...administration.createLoaders(),
      },
    }),
    impersonatorsMay: ['endImpersonation'],
    handlers: parts.flatMap(({ handlers = [] }) => handlers),
    jobs: Object.assign(
      onJob(forgetOutlived, async () => {
        for (const { forget } of parts) await forget?.();
      }),
      ...parts.map(({ jobs }) => jobs),
    ) as JobTasks,
    crontab: [`23 3 * * * ${forgetOutlived.name}`, ...parts.flatMap(({ crontab = [] }) => crontab)].join(
      '\n',
    ),
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
