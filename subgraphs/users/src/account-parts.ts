import { randomUUID } from 'node:crypto';
import { onJob } from '@diaspora/kit';
import { hashSync } from 'bcrypt';
import { accountsSlice, createAccounts, createMailedCodes, createNotices } from './accounts/index.js';
import { createAttempts, createBudgets } from './budgets/index.js';
import { createCodes, createLetterKeys } from './codes/index.js';
import { createCredentials, credentialsSlice } from './credentials/index.js';
import type { Transaction } from './database.js';
import type { Foundation } from './dependencies.js';
import {
  createFactorResetEnds,
  createFactorResetLetters,
  createFactorResets,
  factorResetsSlice,
} from './factor-resets/index.js';
import { createFactors, createSecondFactor, factorsSlice } from './factors/index.js';
import { createFederation, createPending, federationSlice } from './federation-login/index.js';
import {
  announceRevocation,
  mailAboutAccount,
  mailCode,
  mailNewAddress,
  noticeAccount,
  noticeEmailChange,
  rotateSigningKeys,
} from './jobs.js';
import { emailChangeIds, factorResetIds } from './ids.js';
import type { Platform } from './platform-settings/index.js';
import { createAccessTokens, createSessions, createTokenKeys, sessionsSlice } from './sessions/index.js';

interface Dependencies extends Foundation {
  readonly settings: Platform['settings'];
  readonly cancelErasure: (tx: Transaction, accountId: string) => Promise<void>;
}

/** What tokens are signed with. */
function composeTokens({ db, clock, config }: Dependencies) {
  const keys = createTokenKeys({
    db,
    clock,
    secret: config.TOKEN_SECRET,
    signingSeconds: config.SIGNING_KEY_SECONDS,
    tokenSeconds: config.ACCESS_TOKEN_SECONDS,
  });
  const issueAccessToken = createAccessTokens({
    keys,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    lifetimeSeconds: config.ACCESS_TOKEN_SECONDS,
  });
  return { keys, issueAccessToken };
}

/** What every proof goes through. */
function composeProofs({ db, clock, mailer, texting, audit, config }: Dependencies) {
  const secret = config.TOKEN_SECRET;
  const budgets = createBudgets({ db, clock, secret });
  const attempts = createAttempts({
    budgets,
    attemptsPerAddress: config.ADDRESS_ATTEMPTS,
    requestsPerAddress: config.ADDRESS_REQUESTS,
  });
  const codes = createCodes({ db, clock, budgets, secret });
  const mailedCodes = createMailedCodes({ db, mailer, budgets, attempts, codes });
  const notices = createNotices({ db, clock, mailer });
  const bcryptCost = config.BCRYPT_COST;
  // Of a password that nobody knows: accounts may have none, and then it is all that is compared against.
  const decoyHash = hashSync(randomUUID(), bcryptCost);
  const resetKeys = createLetterKeys({ secret, purpose: 'refuse-factor-reset', ids: factorResetIds });
  const letters = createFactorResetLetters({ db, mailer, texting, resetKeys });
  const resetEnds = createFactorResetEnds({ clock, audit, letters });
  const secondFactor = createSecondFactor({ db, clock, notices, secret, voidReset: resetEnds.voidOpen });
  const resets = { resetKeys, letters, resetEnds };
  return { budgets, attempts, codes, mailedCodes, notices, bcryptCost, decoyHash, secondFactor, ...resets };
}

/** Accounts, the ways into them, and what comes of it. */
function composeDoors(
  dependencies: Dependencies,
  shared: ReturnType<typeof composeProofs> & ReturnType<typeof composeTokens>,
) {
  const { config, identityProviders, ...given } = dependencies;
  const common = { ...given, ...shared };
  const accounts = createAccounts({
    ...common,
    superUserEmails: config.SUPER_USER_EMAILS,
    dropUnproved: async (tx, accountId) => {
      await federation.drop(tx, accountId);
      await sessions.endUnproved(tx, accountId);
    },
  });
  const { provePassword } = accounts;
  const sessions = createSessions({
    ...common,
    tokenSecret: config.TOKEN_SECRET,
    accessTokenSeconds: config.ACCESS_TOKEN_SECONDS,
    sessionSeconds: config.SESSION_SECONDS,
    replaySeconds: config.REFRESH_REPLAY_SECONDS,
  });
  const federation = createFederation({
    ...common,
    accounts,
    ends: sessions,
    provePassword,
    signInAs: sessions.signInAs,
    pending: createPending({ ...given, secret: config.TOKEN_SECRET }),
    providers: identityProviders,
    redirectUris: config.OIDC_REDIRECT_URIS,
  });
  const secret = config.TOKEN_SECRET;
  const undoKeys = createLetterKeys({ secret, purpose: 'undo-email', ids: emailChangeIds });
  const dropIdentities = federation.drop;
  const credentials = createCredentials({
    ...common,
    ends: sessions,
    provePassword,
    dropIdentities,
    undoKeys,
  });
  const factors = createFactors({ ...common, ends: sessions, provePassword });
  const factorResets = createFactorResets({ ...common, ends: sessions });
  return { accounts, sessions, credentials, factors, factorResets, federation };
}

export type AccountParts = ReturnType<typeof composeAccounts>;

/** Accounts, sessions and credentials, put together. */
export function composeAccounts(dependencies: Dependencies) {
  const tokens = composeTokens(dependencies);
  const proofs = composeProofs(dependencies);
  const services = composeDoors(dependencies, { ...proofs, ...tokens });
  const { accounts, sessions, credentials, factors, factorResets, federation } = services;
  const { attempts, budgets, codes, mailedCodes, notices } = proofs;
  return {
    services,
    slices: [
      ...[accountsSlice, sessionsSlice, credentialsSlice, factorsSlice],
      ...[factorResetsSlice, federationSlice],
    ],
    attempts,
    budgets,
    ...tokens,
    jobs: {
      ...factorResets.jobs,
      ...onJob(mailAboutAccount, accounts.sendAccountMail),
      ...onJob(mailCode, mailedCodes.send),
      ...onJob(mailNewAddress, credentials.sendToNewAddress),
      ...onJob(noticeEmailChange, (change, job) => credentials.sendToOldAddress(change, job.id)),
      ...onJob(noticeAccount, (notice, job) => notices.send(notice, job.id)),
      ...onJob(announceRevocation, async ({ sessionId }) => {
        if (!(await sessions.announceEnd(sessionId))) throw new Error('Redis is away');
      }),
      ...onJob(rotateSigningKeys, () => tokens.keys.rotate()),
    },
    crontab: [`7 * * * * ${rotateSigningKeys.name}`],
    /** Drops what has outlived its use. */
    forget: async (): Promise<void> => {
      await accounts.forgetUnproved();
      await sessions.forgetEnded();
      await sessions.forgetChallenges();
      await credentials.forgetEmailChanges();
      await factors.forgetExpired();
      await federation.forget();
      await codes.forget();
      await budgets.forget();
    },
  };
}
