import { addJob, AppError, type Clock, type Outbox, type Revocations, type Viewer } from '@diaspora/kit';
import { compare } from 'bcrypt';
import { emailKeyOf, passwordKeyOf } from '../accounts/index.js';
import type { Account, Profile } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { sessionIds, userIds } from '../ids.js';
import { announceRevocation } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import type { Claims, AccessToken } from './access-tokens.js';
import {
  clockMarginSeconds,
  hashToken,
  judgeExchange,
  newRefreshToken,
  rolesOf,
  successorOf,
} from './rules.js';
import type { LoginThrottle } from './throttle.js';

export type Sessions = ReturnType<typeof createSessions>;

export interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly revocations: Revocations;
  readonly throttle: LoginThrottle;
  readonly issueAccessToken: (claims: Claims) => Promise<AccessToken>;
  readonly tokenSecret: string;
  readonly accessTokenSeconds: number;
  readonly sessionSeconds: number;
  /** Compared against when the address is unknown, so that both cases take the same time. */
  readonly decoyHash: string;
}

const sessionEnded = () => new AppError('SESSION_ENDED', 'This session has ended. Sign in again.');

const invalidCredentials = () =>
  new AppError('INVALID_CREDENTIALS', 'Address or password is wrong, or the address is not proved yet.');

/** How long an ended session stays on record. */
const endedLifetimeMs = 30 * 24 * 3_600_000;

export function createSessions(dependencies: Dependencies) {
  const { db, clock, outbox, revocations, throttle, issueAccessToken, tokenSecret, decoyHash } = dependencies;
  async function login(input: {
    email: string;
    password: string;
  }): Promise<{ tokens: Tokens; user: Profile | null }> {
    const emailKey = emailKeyOf(input.email);
    await throttle.admit(emailKey);
    const account = await db.account.findUnique({ where: { emailKey }, include: { profile: true } });
    const isRight = await compare(passwordKeyOf(input.password), account?.passwordHash ?? decoyHash);
    // An unproved address is no different: registering it and signing in would tell whether it was known before.
    if (!account?.emailVerifiedAt || !isRight) throw invalidCredentials();
    await throttle.clear(emailKey);

    const sessionId = sessionIds.create();
    const refreshToken = newRefreshToken(sessionId);
    const now = clock.now();
    await db.session.create({
      data: {
        id: sessionId,
        accountId: account.id,
        currentHash: hashToken(refreshToken),
        createdAt: now,
        lastUsedAt: now,
        expiresAt: new Date(now.getTime() + dependencies.sessionSeconds * 1000),
      },
    });
    return { tokens: await withAccessToken(account, sessionId, refreshToken), user: account.profile };
  }

  async function refresh(input: { refreshToken: string }): Promise<Tokens> {
    const sessionId = sessionIdOf(input.refreshToken);
    const outcome = await db.$transaction((tx) => exchange(tx, sessionId, input.refreshToken));
    if (!outcome) throw sessionEnded();
    if (outcome.kind === 'replayed') {
      await announceEnd(sessionId);
      throw sessionEnded();
    }
    return withAccessToken(outcome.account, sessionId, outcome.refreshToken);
  }

  /** Under the session's row lock: N parallel exchanges make one rotation. Undefined: no such session. */
  async function exchange(tx: Transaction, sessionId: string, presented: string) {
    await tx.$executeRaw`SELECT 1 FROM sessions WHERE id = ${sessionId}::uuid FOR UPDATE`;
    const session = await tx.session.findUnique({ where: { id: sessionId }, include: { account: true } });
    const now = clock.now();
    if (!session || session.revokedAt || session.expiresAt <= now) return undefined;
    const verdict = judgeExchange(hashToken(presented), session);
    if (verdict === 'replay') {
      await revoke(tx, session, 'REFRESH_TOKEN_REPLAYED');
      return { kind: 'replayed' as const };
    }
    const refreshToken = successorOf(presented, sessionId, tokenSecret);
    if (verdict === 'rotate') {
      await tx.session.update({
        where: { id: sessionId },
        data: { previousHash: session.currentHash, currentHash: hashToken(refreshToken), lastUsedAt: now },
      });
    }
    return { kind: 'exchanged' as const, account: session.account, refreshToken };
  }

  async function logout(viewer: Viewer): Promise<void> {
    await db.$transaction(async (tx) => {
      const session = await tx.session.findUnique({ where: { id: viewer.sessionId } });
      if (session && !session.revokedAt) await revoke(tx, session, 'SIGNED_OUT');
    });
    await announceEnd(viewer.sessionId);
  }

  async function revoke(
    tx: Transaction,
    session: { id: string; accountId: string },
    reason: string,
  ): Promise<void> {
    await tx.session.update({
      where: { id: session.id },
      data: { revokedAt: clock.now(), revocationReason: reason },
    });
    const userId = userIds.encode(session.accountId);
    const data = { userId, sessionId: sessionIds.encode(session.id), reason };
    await outbox.publish(tx, { type: 'session.revoked', key: userId, data });
    await addJob(tx, announceRevocation, { sessionId: session.id });
  }

  /** Tells the routers. Also run as a job from the same transaction, so that it happens even if this process dies. */
  const announceEnd = (sessionId: string): Promise<boolean> =>
    revocations.revokeSession(sessionId, dependencies.accessTokenSeconds + clockMarginSeconds);

  /** Ended sessions and the failures of long ago do not stay on record. */
  async function forgetEnded(): Promise<void> {
    const before = new Date(clock.now().getTime() - endedLifetimeMs);
    await db.session.deleteMany({
      where: { OR: [{ expiresAt: { lt: before } }, { revokedAt: { lt: before } }] },
    });
    await throttle.forget();
  }

  /** The account was read before its offices: authority that changes in between meets an epoch that is already stale. */
  async function withAccessToken(account: Account, sessionId: string, refreshToken: string): Promise<Tokens> {
    const now = clock.now();
    const offices = await db.office.findMany({
      where: {
        holderId: account.id,
        endedAt: null,
        startsAt: { lte: now },
        OR: [{ endsAt: null }, { endsAt: { gt: now } }],
      },
    });
    const { token, expiresAt } = await issueAccessToken({
      accountId: account.id,
      sessionId,
      email: account.email,
      epoch: account.sessionEpoch,
      roles: rolesOf(account, offices),
      entitlements: account.entitlements,
      offices,
    });
    return { accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken };
  }

  return { login, refresh, logout, announceEnd, forgetEnded };
}

function sessionIdOf(refreshToken: string): string {
  try {
    return sessionIds.decode(refreshToken.split('.', 1)[0] ?? '');
  } catch {
    throw sessionEnded();
  }
}
