import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { AppError, minuteMs, type Clock } from '@diaspora/kit';
import { window, type Budgets } from '../budgets/index.js';
import type { OneTimeCode } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';

/** What a code is good for. It is part of the hash: a code for one thing opens nothing else. */
export type CodePurpose =
  'verify-email' | 'reset-password' | 'sign-in' | 'second-factor' | 'change-email' | 'verify-phone';

export type Code = OneTimeCode;
export type Codes = ReturnType<typeof createCodes>;

/** As the letters say. */
const lifetimeMs = 30 * minuteMs;

/** Of each code. A new code has its own; mails and texts have limits, which bound how many codes there are. */
const guesses = window('code.guesses', 5, lifetimeMs);

export const wrongCode = () =>
  new AppError('INVALID_INPUT', 'The code is wrong or spent. Ask for a new one.', { path: ['code'] });

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly budgets: Budgets;
  /** Without it a code cannot be told from its hash. */
  readonly secret: string;
}

interface Owner {
  readonly id: string;
  readonly emailKey: string;
}

interface Guess {
  readonly purpose: CodePurpose;
  /** Undefined where an address has none: that is counted and compared just so. */
  readonly accountId: string | undefined;
  readonly emailKey: string;
  readonly code: string;
}

/** Six digits by mail or text, hashed at rest: one at a time for each account and purpose. */
export function createCodes({ db, clock, budgets, secret }: Dependencies) {
  const hashOf = (purpose: CodePurpose, accountId: string, code: string): string =>
    createHmac('sha256', secret).update(`${purpose}:${accountId}:${code}`).digest('hex');

  const guessKey = ({ purpose, emailKey }: { purpose: CodePurpose; emailKey: string }) =>
    `${purpose}:${emailKey}`;

  return {
    /** A new code, in place of the one before. `target` is what it proves, where that is not the account's address. */
    issue: async (
      purpose: CodePurpose,
      { id: accountId, emailKey }: Owner,
      target?: string,
    ): Promise<string> => {
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      const fresh = {
        codeHash: hashOf(purpose, accountId, code),
        target: target ?? null,
        expiresAt: new Date(clock.now().getTime() + lifetimeMs),
      };
      await db.oneTimeCode.upsert({
        where: { accountId_purpose: { accountId, purpose } },
        create: { accountId, purpose, ...fresh },
        update: fresh,
      });
      await budgets.clear(guesses, guessKey({ purpose, emailKey }));
      return code;
    },

    /** Counts a guess, then compares. Undefined when it is wrong, and when there is nothing left to guess. */
    guess: async ({ purpose, accountId, emailKey, code }: Guess): Promise<Code | undefined> => {
      const isCounted = await budgets.take(guesses, guessKey({ purpose, emailKey }));
      const known = await db.oneTimeCode.findFirst({
        where: { account: { emailKey }, purpose, expiresAt: { gt: clock.now() } },
      });
      const presented = Buffer.from(hashOf(purpose, accountId ?? '', code));
      const isRight = timingSafeEqual(Buffer.from(known?.codeHash ?? hashOf(purpose, '', '')), presented);
      return isCounted && isRight ? (known ?? undefined) : undefined;
    },

    /** In the transaction of what the code is good for. Of several at once one wins; the others throw. */
    spend: async (tx: Transaction, { accountId, purpose, codeHash }: Code): Promise<void> => {
      const { count } = await tx.oneTimeCode.deleteMany({ where: { accountId, purpose, codeHash } });
      if (count === 0) throw wrongCode();
    },

    /** What was sent before a password, an address or an owner changed is good for nothing after it. */
    drop: async (tx: Transaction, accountId: string): Promise<void> => {
      await tx.oneTimeCode.deleteMany({ where: { accountId } });
    },

    forget: async (): Promise<void> => {
      await db.oneTimeCode.deleteMany({ where: { expiresAt: { lte: clock.now() } } });
    },
  };
}
