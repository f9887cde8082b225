import { AppError } from '@diaspora/kit';
import type { AllowancePurpose } from './__generated__/prisma/client.js';
import type { Transaction } from './database.js';

/** What tells somebody of itself each time, and can be taken back and done again. */
const mostPerDay = {
  CO_HOST_INVITATIONS: { most: 200, what: 'invitations of co-hosts' },
  TICKET_TRANSFERS: { most: 500, what: 'offers of tickets' },
} satisfies Record<AllowancePurpose, { readonly most: number; readonly what: string }>;

/**
 * Takes one off what a person may do on a day (UTC), in one statement, so that several at once cannot exceed it; given back
 * when the transaction rolls back. Throws RATE_LIMITED when none is left. The last lock that a transaction takes.
 */
export async function spendAllowance(
  tx: Transaction,
  { personId, purpose, now }: { personId: string; purpose: AllowancePurpose; now: Date },
): Promise<void> {
  const { most, what } = mostPerDay[purpose];
  const day = now.toISOString().slice(0, 10);
  const spent = await tx.$executeRaw`
    INSERT INTO allowances AS a (person_id, purpose, day, used)
    VALUES (${personId}::uuid, ${purpose}::allowance_purpose, ${day}::date, 1)
    ON CONFLICT (person_id, purpose) DO UPDATE
      SET used = CASE WHEN a.day = excluded.day THEN a.used + 1 ELSE 1 END, day = excluded.day
    WHERE a.day <> excluded.day OR a.used < ${most}`;
  if (spent === 0) throw new AppError('RATE_LIMITED', `At most ${most} ${what} a day.`);
}
