import { createHash, randomBytes } from 'node:crypto';
import { AppError, minuteMs, type Clock } from '@diaspora/kit';
import type { Account, SignInChallenge } from '../__generated__/prisma/client.js';
import { window, type Budgets } from '../budgets/index.js';
import type { Db, Transaction } from '../database.js';
import { challengeIds } from '../ids.js';
import type { SignInMethod } from './methods.js';

/** Handed to whoever has proved the first half. */
export interface Challenge {
  readonly token: string;
  readonly expiresAt: Date;
  /** The code it takes was mailed; otherwise it is one of the second factor. */
  readonly isCodeMailed: boolean;
}

export type OpenChallenge = SignInChallenge & { readonly account: Account };
export type Challenges = ReturnType<typeof createChallenges>;

const lifetimeMs = 5 * minuteMs;
const guesses = window('challenge.guesses', 5, lifetimeMs);

export const challengeEnded = () =>
  new AppError('CHALLENGE_ENDED', 'This sign-in took too long or too many attempts. Begin again.', {
    path: ['challenge'],
  });

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly budgets: Budgets;
}

/** Half a sign-in: the first proof is given, the second one is asked for. Only hashes of the tokens are kept. */
export function createChallenges({ db, clock, budgets }: Dependencies) {
  const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

  return {
    open: async (tx: Transaction, account: Account, method: SignInMethod): Promise<Challenge> => {
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + lifetimeMs);
      const { id: accountId, sessionEpoch: epoch } = account;
      await tx.signInChallenge.create({
        data: {
          id: challengeIds.create(),
          tokenHash: hashOf(token),
          accountId,
          epoch,
          method,
          createdAt: now,
          expiresAt,
        },
      });
      return { token, expiresAt, isCodeMailed: false };
    },

    find: (token: string): Promise<OpenChallenge | null> =>
      db.signInChallenge.findFirst({
        where: { tokenHash: hashOf(token), expiresAt: { gt: clock.now() } },
        include: { account: true },
      }),

    /** Before a code is looked at. */
    count: async ({ id }: OpenChallenge): Promise<void> => {
      if (!(await budgets.take(guesses, id))) throw challengeEnded();
    },

    /**
     * Under the lock of the account's row. Of two right codes one makes a session. A password or a factor that changed
     * since the challenge has raised the epoch: what was proved then proves nothing now.
     */
    spend: async (tx: Transaction, challenge: OpenChallenge, account: Account): Promise<void> => {
      const { count } = await tx.signInChallenge.deleteMany({ where: { id: challenge.id } });
      if (count === 0 || account.sessionEpoch !== challenge.epoch) throw challengeEnded();
    },

    forget: async (): Promise<void> => {
      await db.signInChallenge.deleteMany({ where: { expiresAt: { lte: clock.now() } } });
    },
  };
}
