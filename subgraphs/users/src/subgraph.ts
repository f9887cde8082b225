import {
  createOutbox,
  createRevocations,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Clock,
  type Logger,
  type RunningSubgraph,
  type Revocations,
} from '@diaspora/kit';
import { hashSync } from 'bcrypt';
import { accountsSlice, createAccounts } from './accounts/index.js';
import type { UsersConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import { entitlementHandlers } from './entitlements.js';
import { createMailer, type Mailer } from './mailer.js';
import {
  announceEpoch,
  announceRevocation,
  endLapsedOffice,
  forgetOutlived,
  mailAboutAccount,
} from './jobs.js';
import { messages } from './messages.js';
import { createOfficeLoaders, createOffices, officesSlice } from './offices/index.js';
import { createProfileLoaders, createProfiles, profilesSlice } from './profiles/index.js';
import {
  clockMarginSeconds,
  createAccessTokens,
  createLoginThrottle,
  createSessions,
  createSigningKeys,
  sessionsSlice,
} from './sessions/index.js';

export interface UsersDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly mailer: Mailer;
  readonly revocations: Revocations;
  readonly config: Pick<
    UsersConfig,
    | 'ACCESS_TOKEN_SECONDS'
    | 'BCRYPT_COST'
    | 'JWT_AUDIENCE'
    | 'JWT_ISSUER'
    | 'SESSION_SECONDS'
    | 'SUPER_USER_EMAILS'
    | 'TOKEN_SECRET'
  >;
}

/** The composition root: dependencies in, subgraph out. */
export function createUsersSubgraph({ db, clock, mailer, revocations, config }: UsersDependencies) {
  const outbox = createOutbox(messages, { clock });
  const keys = createSigningKeys({ db, clock, secret: config.TOKEN_SECRET });
  const bcryptCost = config.BCRYPT_COST;
  const decoyHash = hashSync('decoy', bcryptCost);
  const accounts = createAccounts({
    db,
    clock,
    outbox,
    mailer,
    bcryptCost,
    decoyHash,
    codeSecret: config.TOKEN_SECRET,
    superUserEmails: config.SUPER_USER_EMAILS,
  });
  const sessions = createSessions({
    db,
    clock,
    outbox,
    revocations,
    decoyHash,
    throttle: createLoginThrottle({ db, clock }),
    issueAccessToken: createAccessTokens({
      keys,
      clock,
      issuer: config.JWT_ISSUER,
      audience: config.JWT_AUDIENCE,
      lifetimeSeconds: config.ACCESS_TOKEN_SECONDS,
    }),
    tokenSecret: config.TOKEN_SECRET,
    accessTokenSeconds: config.ACCESS_TOKEN_SECONDS,
    sessionSeconds: config.SESSION_SECONDS,
  });
  const profiles = createProfiles({ db, clock, outbox });
  const offices = createOffices({ db, clock, outbox, revocations });
  const services = { accounts, sessions, profiles, offices };

  return defineSubgraph<Context>({
    name: 'users',
    slices: [accountsSlice, sessionsSlice, profilesSlice, officesSlice],
    createContext: (base) => ({
      ...base,
      services,
      loaders: { ...createProfileLoaders(db), ...createOfficeLoaders(db, offices) },
    }),
    handlers: entitlementHandlers,
    jobs: {
      ...onJob(mailAboutAccount, accounts.sendAccountMail),
      ...onJob(announceRevocation, async ({ sessionId }) => {
        if (!(await sessions.announceEnd(sessionId))) throw new Error('Redis is away');
      }),
      ...onJob(announceEpoch, offices.announceCurrentEpoch),
      ...onJob(endLapsedOffice, offices.endIfLapsed),
      ...onJob(forgetOutlived, async () => {
        await accounts.forgetUnproved();
        await sessions.forgetEnded();
      }),
    },
    crontab: `23 3 * * * ${forgetOutlived.name}`,
    routes: (app) => {
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
    create: ({ db, clock, redis, namespace }) =>
      createUsersSubgraph({
        db,
        clock,
        config: options.config,
        mailer: createMailer({ url: options.config.SMTP_URL, from: options.config.MAIL_FROM }),
        revocations: createRevocations({
          redis,
          namespace,
          clock,
          epochSeconds: options.config.ACCESS_TOKEN_SECONDS + clockMarginSeconds,
        }),
      }),
  });
