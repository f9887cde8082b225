import { createHmac } from 'node:crypto';
import { AppError, type Clock } from '@diaspora/kit';
import type { Db } from '../database.js';

/** How often something may be tried. Made by `window` or `backOff`. Durations are in milliseconds. */
export interface Budget {
  /** What is counted, as `whose.what`: `mailbox.mails`. */
  readonly kind: string;
  /** So many go without a wait; the wait after each further one follows, the last one for all beyond it. */
  readonly free: number;
  readonly waitsMs: readonly number[];
  /** After this it is as if nothing had been tried: counted from the first try or, when `isSliding`, from the last one. */
  readonly windowMs: number;
  readonly isSliding: boolean;
}

/** So many in a time that begins with the first one. */
export const window = (kind: string, most: number, windowMs: number): Budget => ({
  kind,
  free: most - 1,
  waitsMs: [windowMs],
  windowMs,
  isSliding: false,
});

/** Some are free, each further one is followed by a longer wait. Forgotten once nobody tried for `windowMs`. */
export const backOff = (kind: string, options: Pick<Budget, 'free' | 'waitsMs' | 'windowMs'>): Budget => ({
  kind,
  ...options,
  isSliding: true,
});

export type Budgets = ReturnType<typeof createBudgets>;

/**
 * The one place that knows how often something was tried of late. A try is counted before it is looked at, by one
 * statement that also decides: however many arrive at once, at however many instances, none gets past the budget.
 * Refused tries cost nothing.
 */
export function createBudgets({ db, clock, secret }: { db: Db; clock: Clock; secret: string }) {
  const hashOf = ({ kind }: Budget, key: string): string =>
    createHmac('sha256', secret).update(`budget:${kind}:${key}`).digest('base64url');

  async function count({ kind, free, waitsMs, windowMs, isSliding }: Budget, hash: string): Promise<boolean> {
    const now = clock.now();
    const end = new Date(now.getTime() + windowMs);
    const firstWait = free > 0 ? null : new Date(now.getTime() + waitsMs[0]!);
    const taken = await db.$executeRaw`
      INSERT INTO budgets AS b (kind, key, spent, opens_at, ends_at)
      VALUES (${kind}, ${hash}, 1, ${firstWait}::timestamptz, ${end}::timestamptz)
      ON CONFLICT (kind, key) DO UPDATE SET (spent, opens_at, ends_at) = (
        SELECT n, CASE WHEN n > ${free}::int THEN least(ends, ${now}::timestamptz + interval '1 millisecond' *
                    (${waitsMs}::bigint[])[least(n - ${free}::int, ${waitsMs.length}::int)]) END, ends
        FROM (SELECT CASE WHEN b.ends_at <= ${now}::timestamptz THEN 1 ELSE b.spent + 1 END AS n,
                     CASE WHEN ${isSliding} OR b.ends_at <= ${now}::timestamptz
                          THEN ${end}::timestamptz ELSE b.ends_at END AS ends) AS next)
      WHERE b.opens_at IS NULL OR b.opens_at <= ${now}::timestamptz`;
    return taken > 0;
  }

  async function secondsLeft({ kind }: Budget, hash: string): Promise<number> {
    const row = await db.budget.findUnique({ where: { kind_key: { kind, key: hash } } });
    const ms = (row?.opensAt?.getTime() ?? 0) - clock.now().getTime();
    return Math.max(1, Math.ceil(ms / 1_000));
  }

  return {
    /** Counts a try. Throws RATE_LIMITED, with the time to come back. A key of null is nobody's: an unknown address. */
    spend: async (budget: Budget, key: string | null): Promise<void> => {
      if (key === null) return;
      const hash = hashOf(budget, key);
      if (!(await count(budget, hash))) throw tooMany(await secondsLeft(budget, hash));
    },
    /** Counts a try; false when it is one too many. For work that is left out then, without a word. */
    take: (budget: Budget, key: string): Promise<boolean> => count(budget, hashOf(budget, key)),
    /** What was counted did not happen: a mail that did not leave. For windows; a failure that was followed by a wait stays one. */
    giveBack: async (budget: Budget, key: string): Promise<void> => {
      await db.$executeRaw`
        UPDATE budgets SET spent = spent - 1, opens_at = NULL
        WHERE kind = ${budget.kind} AND key = ${hashOf(budget, key)} AND spent > 0`;
    },
    clear: async (budget: Budget, key: string): Promise<void> => {
      await db.budget.deleteMany({ where: { kind: budget.kind, key: hashOf(budget, key) } });
    },
    /** Drops what no longer counts; anybody can make such rows, for any address. */
    forget: async (): Promise<void> => {
      await db.budget.deleteMany({ where: { endsAt: { lte: clock.now() } } });
    },
  };
}

const tooMany = (retryAfterSeconds: number) =>
  new AppError('RATE_LIMITED', `Too many attempts. Try again in ${inWords(retryAfterSeconds)}.`, {
    retryAfterSeconds,
  });

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
