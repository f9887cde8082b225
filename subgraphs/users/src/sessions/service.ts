import { AppError, type Page, type Viewer } from '@diaspora/kit';
import type { Session } from '../__generated__/prisma/client.js';
import type { Notices } from '../accounts/index.js';
import type { Budgets } from '../budgets/index.js';
import type { Claims, AccessToken } from './access-tokens.js';
import { createAfterReset } from './after-reset.js';
import { createEmailCodes, type EmailCodeDependencies } from './email-codes.js';
import { createChallenges } from './challenges.js';
import { createEnds, type EndsDependencies } from './ends.js';
import { createExchange } from './exchange.js';
import { createRefreshTokens } from './refresh-tokens.js';
import { createSignIn, type SignInDependencies } from './sign-in.js';
import { createTokens } from './tokens.js';

export type Sessions = ReturnType<typeof createSessions>;

interface Dependencies
  extends
    EndsDependencies,
    EmailCodeDependencies,
    Omit<SignInDependencies, 'challenges' | 'afterReset' | 'refreshTokens' | 'issueTokens'> {
  readonly budgets: Budgets;
  readonly notices: Notices;
  readonly issueAccessToken: (claims: Claims) => Promise<AccessToken>;
  readonly tokenSecret: string;
  readonly replaySeconds: number;
}

/** Sessions: one a device, from sign-in to its end. */
export function createSessions(dependencies: Dependencies) {
  const { db, clock, epochs } = dependencies;
  const refreshTokens = createRefreshTokens(dependencies.tokenSecret);
  const issueTokens = createTokens(dependencies);
  const ends = createEnds(dependencies);
  const challenges = createChallenges(dependencies);
  const afterReset = createAfterReset({ ...dependencies, challenges });
  const tokenDependencies = { ...dependencies, ends, challenges, afterReset, refreshTokens, issueTokens };

  const signIn = createSignIn(tokenDependencies);

  /** The viewer's sessions that have not ended. */
  const list = (viewer: Viewer, page: Page): Promise<Session[]> =>
    db.session.findMany({
      where: {
        AND: [{ accountId: viewer.id, revokedAt: null, expiresAt: { gt: clock.now() } }, page.where],
      },
      orderBy: page.orderBy,
      take: page.take,
    });

  /** Also for one that has ended already, so that a repeated call answers the same. */
  async function logout({ sessionId }: Viewer): Promise<void> {
    await db.$transaction((tx) => ends.end(tx, sessionId, 'SIGNED_OUT'));
    await ends.announceEnd(sessionId);
  }

  async function revoke(viewer: Viewer, id: string): Promise<void> {
    const session = await db.session.findFirst({ where: { id, accountId: viewer.id } });
    if (!session) throw new AppError('NOT_FOUND', 'There is no such session.', { path: ['sessionId'] });
    await db.$transaction((tx) => ends.end(tx, id, 'REVOKED_BY_OWNER'));
    await ends.announceEnd(id);
  }

  async function logoutEverywhere(viewer: Viewer, { keepsCurrent }: { keepsCurrent: boolean }) {
    const epoch = await db.$transaction(async (tx) => {
      const raised = await epochs.raise(tx, viewer.id);
      const except = keepsCurrent ? { except: viewer.sessionId } : {};
      await ends.endAll(tx, viewer.id, { reason: 'SIGNED_OUT_EVERYWHERE', ...except });
      return raised;
    });
    await epochs.announce(viewer.id, epoch);
  }

  return {
    ...ends,
    ...signIn,
    ...createEmailCodes({ ...dependencies, ...signIn }),
    refresh: createExchange(tokenDependencies),
    forgetChallenges: challenges.forget,
    list,
    logout,
    revoke,
    logoutEverywhere,
  };
}
