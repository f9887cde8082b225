import { AppError, type Audit, type Clock, type Origin } from '@diaspora/kit';
import { compare } from 'bcrypt';
import {
  assertMaySignIn,
  emailKeyOf,
  invalidCredentials,
  lockAccount,
  passwordKeyOf,
} from '../accounts/index.js';
import type { Account, Profile } from '../__generated__/prisma/client.js';
import type { Attempts } from '../budgets/index.js';
import type { Code } from '../codes/index.js';
import type { Db, Transaction } from '../database.js';
import { sessionIds } from '../ids.js';
import type { createAfterReset } from './after-reset.js';
import { challengeEnded, type Challenge, type Challenges, type OpenChallenge } from './challenges.js';
import type { SignInMethod } from './methods.js';
import { hashToken, type RefreshTokens } from './refresh-tokens.js';
import type { FactorProof, SecondFactor } from './second-factor.js';
import type { IssueTokens, OpenSession, Tokens } from './tokens.js';

export interface SignInDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly challenges: Challenges;
  readonly secondFactor: SecondFactor;
  readonly afterReset: ReturnType<typeof createAfterReset>;
  readonly refreshTokens: RefreshTokens;
  readonly issueTokens: IssueTokens;
  readonly sessionSeconds: number;
  /** Compared against when the address is unknown, so that both cases take the same time. */
  readonly decoyHash: string;
}

export interface SignIn {
  readonly method: SignInMethod;
  readonly origin: Origin;
  /** What makes the proof good for one sign-in only, in the transaction that makes the session. */
  readonly spend?: (tx: Transaction) => Promise<void>;
  /** Of a device that the person may trust. */
  readonly deviceToken?: string | null | undefined;
}

/** A session; or the challenge, where the account asks for a second factor. Whoever opened a door hands either on. */
export interface SignedIn {
  readonly tokens: Tokens | null;
  readonly user: Profile | null;
  readonly challenge: Challenge | null;
}

/** The token of the device too, where its owner asked to trust it. */
export type CompletedSignIn = SignedIn & { readonly deviceToken: string | null };

export interface SignInCompletion {
  readonly challenge: string;
  readonly proof: FactorProof;
  readonly trustDevice: boolean;
}

export type SignInAs = ReturnType<typeof createSignIn>['signInAs'];

const wrongFactor = (proof: FactorProof) =>
  new AppError('INVALID_INPUT', 'The code is wrong, or was used already.', { path: Object.keys(proof) });

/** The one door: every way to sign in ends here. */
export function createSignIn(dependencies: SignInDependencies) {
  const { db, clock, audit, attempts, challenges, secondFactor, afterReset, refreshTokens, issueTokens } =
    dependencies;

  /**
   * Makes a session for whoever proved to own the account, or a challenge when it asks for more. Throws
   * INVALID_CREDENTIALS or ACCOUNT_SUSPENDED when the account may not sign in, or its password is no longer what it was
   * when the caller read it; PASSWORD_REQUIRED after a reset of its second factor.
   */
  async function signInAs(known: Account, signIn: SignIn): Promise<SignedIn> {
    const { method, origin } = signIn;
    const outcome = await db.$transaction(async (tx) => {
      const account = await lockAccount(tx, known.id);
      if (account?.passwordHash !== known.passwordHash) throw invalidCredentials();
      assertMaySignIn(account, clock.now());
      await signIn.spend?.(tx);
      if (account.factorResetAt) return { challenge: await afterReset.challenge(tx, account, method) };
      if (!account.secondFactorAt) return open(tx, account, { methods: [method], origin });
      const isTrusted = signIn.deviceToken && (await secondFactor.isTrusted(tx, account, signIn.deviceToken));
      return isTrusted
        ? open(tx, account, { methods: [method, 'trustedDevice'], origin })
        : { challenge: await challenges.open(tx, account, method) };
    });
    // Half a proof opens no lock: codes are guessed against the same one.
    if ('challenge' in outcome) return { ...outcome, tokens: null, user: null };
    return finish(outcome);
  }

  /** The second half. Throws CHALLENGE_ENDED, INVALID_INPUT for a wrong code, and what `signInAs` throws. */
  async function completeSignIn(input: SignInCompletion, origin: Origin): Promise<CompletedSignIn> {
    const challenge = await challenges.find(input.challenge);
    await attempts.begin(challenge?.account.emailKey ?? null, origin);
    if (!challenge) throw challengeEnded();
    await challenges.count(challenge);
    const mailed = await afterReset.guess(challenge.account, input.proof);
    const { session, deviceToken } = await db.$transaction((tx) =>
      complete(tx, challenge, { ...input, mailed }, origin),
    );
    return { ...(await finish(session)), deviceToken };
  }

  async function complete(
    tx: Transaction,
    challenge: OpenChallenge,
    { proof, mailed, trustDevice }: SignInCompletion & { mailed: Code | undefined },
    origin: Origin,
  ): Promise<{ session: OpenSession; deviceToken: string | null }> {
    const account = await lockAccount(tx, challenge.accountId);
    if (!account) throw challengeEnded();
    assertMaySignIn(account, clock.now());
    await challenges.spend(tx, challenge, account);
    const method = account.factorResetAt
      ? await afterReset.spend(tx, account, mailed)
      : await secondFactor.spend(tx, account, { proof, origin });
    if (!method) throw wrongFactor(proof);
    const session = await open(tx, account, { methods: [challenge.method, method], origin });
    // Without a second factor there is none to save the device from.
    const isTrusted = trustDevice && account.secondFactorAt !== null;
    return { session, deviceToken: isTrusted ? await secondFactor.trust(tx, account, origin) : null };
  }

  /** Everything is proved and committed. */
  async function finish(session: OpenSession): Promise<SignedIn> {
    const { id, emailKey } = session.account;
    await attempts.succeed(emailKey);
    const user = await db.profile.findUnique({ where: { accountId: id } });
    return { tokens: await issueTokens(session), user, challenge: null };
  }

  async function open(
    tx: Transaction,
    account: Account,
    { methods, origin }: { methods: string[]; origin: Origin },
  ): Promise<OpenSession> {
    const id = sessionIds.create();
    const refreshToken = refreshTokens.write(refreshTokens.first(id));
    const now = clock.now();
    await tx.session.create({
      data: {
        id,
        accountId: account.id,
        currentHash: hashToken(refreshToken),
        methods,
        ...origin,
        createdAt: now,
        authenticatedAt: now,
        lastUsedAt: now,
        expiresAt: new Date(now.getTime() + dependencies.sessionSeconds * 1_000),
      },
    });
    await audit.record(tx, {
      action: 'session.opened',
      subject: { type: 'Session', id: sessionIds.encode(id) },
      personId: account.id,
      actorId: account.id,
      after: { methods },
    });
    return { id, account, at: now, refreshToken };
  }

  async function login(
    input: { email: string; password: string; deviceToken?: string | null | undefined },
    origin: Origin,
  ): Promise<SignedIn> {
    const emailKey = emailKeyOf(input.email);
    await attempts.begin(emailKey, origin);
    const account = await db.account.findUnique({ where: { emailKey } });
    const expected = account?.passwordHash ?? dependencies.decoyHash;
    const isRight = await compare(passwordKeyOf(input.password), expected);
    if (!account?.passwordHash || !isRight) throw invalidCredentials();
    assertMaySignIn(account, clock.now()); // At once: going on would take longer than an unknown address.
    return signInAs(account, { method: 'password', origin, deviceToken: input.deviceToken });
  }

  return { login, signInAs, completeSignIn };
}
