import { AppError, type Clock } from '@diaspora/kit';
import type { Db } from '../database.js';
import { maxLoginFailures, throttleWindowMs } from './rules.js';

export type LoginThrottle = ReturnType<typeof createLoginThrottle>;

/** Counts a sign-in before its password is looked at, in one statement: parallel guesses cannot exceed the budget. */
export function createLoginThrottle({ db, clock }: { db: Db; clock: Clock }) {
  return {
    admit: async (emailKey: string): Promise<void> => {
      const now = clock.now();
      const windowStart = new Date(now.getTime() - throttleWindowMs);
      const [row] = await db.$queryRaw<{ failures: number }[]>`
        INSERT INTO login_throttles AS t (email_key, failures, updated_at) VALUES (${emailKey}, 1, ${now})
        ON CONFLICT (email_key) DO UPDATE SET
          failures = CASE WHEN t.updated_at < ${windowStart} THEN 1 ELSE t.failures + 1 END,
          updated_at = CASE WHEN t.failures >= ${maxLoginFailures} AND t.updated_at >= ${windowStart}
                            THEN t.updated_at ELSE ${now} END
        RETURNING failures`;
      if (row && row.failures > maxLoginFailures) {
        throw new AppError('RATE_LIMITED', 'Too many attempts. Try again in a quarter of an hour.');
      }
    },
    clear: async (emailKey: string): Promise<void> => {
      await db.loginThrottle.deleteMany({ where: { emailKey } });
    },
    /** Drops what no longer counts; anybody can make such rows, for any address. */
    forget: async (): Promise<void> => {
      const windowStart = new Date(clock.now().getTime() - throttleWindowMs);
      await db.loginThrottle.deleteMany({ where: { updatedAt: { lt: windowStart } } });
    },
  };
}
