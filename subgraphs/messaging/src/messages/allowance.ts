import { AppError, type Clock } from '@diaspora/kit';
import type { Transaction } from '../database.js';

export type Allowance = ReturnType<typeof createAllowance>;

/** What a person on the free plan may still send today (UTC). */
export function createAllowance({ clock, perDay }: { clock: Clock; perDay: number }) {
  return {
    /**
     * Takes one message off, in one statement, so that parallel sends cannot exceed the day's number; given back when
     * the transaction rolls back. Throws RATE_LIMITED when none is left.
     */
    spend: async (tx: Transaction, senderId: string): Promise<void> => {
      const day = clock.now().toISOString().slice(0, 10);
      const spent = await tx.$executeRaw`
        INSERT INTO message_allowances AS a (sender_id, day, used) VALUES (${senderId}::uuid, ${day}::date, 1)
        ON CONFLICT (sender_id, day) DO UPDATE SET used = a.used + 1 WHERE a.used < ${perDay}`;
      if (spent > 0) return;
      throw new AppError(
        'RATE_LIMITED',
        `The free plan has ${perDay} messages a day to people who have not written back. ` +
          'More will be there tomorrow; replies do not count, and a premium plan has no such limit.',
      );
    },
  };
}
