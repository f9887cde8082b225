import type { Clock, Origin } from '@diaspora/kit';
import { assertMaySignIn, type Notices } from '../accounts/index.js';
import { window, type Budgets } from '../budgets/index.js';
import type { Db, Transaction } from '../database.js';
import type { Ends } from './ends.js';
import { sessionEnded } from './errors.js';
import { isEnough } from './methods.js';
import { hashToken, type RefreshToken, type RefreshTokens } from './refresh-tokens.js';
import { judgeExchange, recentRotations } from './rules.js';
import type { IssueTokens, OpenSession, Tokens } from './tokens.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly budgets: Budgets;
  readonly notices: Notices;
  readonly ends: Ends;
  readonly refreshTokens: RefreshTokens;
  readonly issueTokens: IssueTokens;
  /** How long after its exchange a token is answered again in any case. */
  readonly replaySeconds: number;
}

/** Several tabs may exchange at once, and a client that lost its answers may try for a while. */
const exchanges = window('session.exchanges', 60, 60_000);

/** The exchange of refresh tokens: one rotation however many ask at once, the end of the session for a replay. */
export function createExchange(dependencies: Dependencies) {
  const { db, clock, budgets, notices, ends, refreshTokens, issueTokens } = dependencies;
  const replayWindowMs = dependencies.replaySeconds * 1_000;

  /** Under the session's row lock. Undefined: of no use. */
  async function exchange(
    tx: Transaction,
    token: RefreshToken,
    origin: Origin,
  ): Promise<OpenSession | 'replayed' | undefined> {
    const { sessionId: id, generation } = token;
    await tx.$executeRaw`SELECT 1 FROM sessions WHERE id = ${id}::uuid FOR UPDATE`;
    const session = await tx.session.findUnique({ where: { id }, include: { account: true } });
    const now = clock.now();
    if (!session || session.revokedAt || session.expiresAt <= now) return undefined;
    assertMaySignIn(session.account, now);
    if (!isEnough(session.account, session)) return undefined;
    const verdict = judgeExchange(generation, session, { now, replayWindowMs });
    if (verdict === 'replay') {
      await ends.end(tx, id, 'REFRESH_TOKEN_REPLAYED');
      await notices.tell(tx, session.accountId, { kind: 'sessionReplayed', userAgent: session.userAgent });
      return 'replayed';
    }
    const isCurrent = session.currentHash === hashToken(refreshTokens.write(token));
    if (verdict === 'refuse' || (verdict === 'rotate' && !isCurrent)) return undefined;
    const refreshToken = refreshTokens.write(refreshTokens.successorOf(token));
    if (verdict === 'rotate') {
      const rotatedAt = recentRotations(session.rotatedAt, { now, replayWindowMs });
      await tx.session.update({
        where: { id },
        data: {
          currentHash: hashToken(refreshToken),
          generation: generation + 1,
          rotatedAt,
          lastUsedAt: now,
          ...origin,
        },
      });
    }
    return { id, account: session.account, at: now, refreshToken };
  }

  return async (input: { refreshToken: string }, origin: Origin): Promise<Tokens> => {
    const token = refreshTokens.read(input.refreshToken);
    if (!token) throw sessionEnded();
    await budgets.spend(exchanges, token.sessionId);
    const outcome = await db.$transaction((tx) => exchange(tx, token, origin));
    if (outcome === 'replayed') await ends.announceEnd(token.sessionId);
    if (!outcome || outcome === 'replayed') throw sessionEnded();
    return issueTokens(outcome);
  };
}
