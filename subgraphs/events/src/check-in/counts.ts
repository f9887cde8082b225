import type { Transaction } from '../database.js';

/** Whether a person went in at an event. */
export async function hasCheckedIn(db: Transaction, eventId: string, userId: string): Promise<boolean> {
  const where = { eventId, holderId: userId, enteredAt: { not: null } };
  return (await db.checkIn.count({ where })) > 0;
}

/** How many people went in; null where nobody was checked in. */
export async function checkedInCount(db: Transaction, eventId: string): Promise<number | null> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(DISTINCT holder_id)::int AS count FROM check_ins
    WHERE event_id = ${eventId}::uuid AND entered_at IS NOT NULL`;
  return row && row.count > 0 ? row.count : null;
}
