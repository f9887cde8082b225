import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { isUnlimited } from './rules.js';

export type Allowance = ReturnType<typeof createAllowance>;

/** What a person on the free plan may still send today (UTC). */
export function createAllowance({ clock, perDay }: { clock: Clock; perDay: number }) {
  return {
    /**
     * Takes messages off, in one statement, so that parallel sends cannot exceed the day's number; given back when
     * the transaction rolls back. Throws RATE_LIMITED when not so many are left.
     */
    spend: async (tx: Transaction, sender: Viewer, count = 1): Promise<void> => {
      if (isUnlimited(sender)) return;
      const day = clock.now().toISOString().slice(0, 10);
      const spent = await tx.$executeRaw`
        INSERT INTO message_allowances AS a (sender_id, day, used)
        SELECT ${sender.id}::uuid, ${day}::date, ${count}::int WHERE ${count}::int <= ${perDay}::int
        ON CONFLICT (sender_id, day) DO UPDATE SET used = a.used + excluded.used
        WHERE a.used + excluded.used <= ${perDay}::int`;
      if (spent > 0) return;
      throw new AppError(
        'RATE_LIMITED',
        `The free plan has ${perDay} messages a day to people who have not written back, or whom one brings into a ` +
          'group without knowing them. More will be there tomorrow; replies do not count, and a premium plan has no such limit.',
      );
    },
  };
}
