import type { AdmissionKind } from '../__generated__/prisma/client.js';
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

/** By which of these tickets, or registrations, somebody went in: a place that was used is neither given back nor handed over. */
export async function usedOf(
  db: Transaction,
  kind: AdmissionKind,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const used = await db.checkIn.findMany({
    where: { kind, admissionId: { in: [...ids] }, enteredAt: { not: null } },
    select: { admissionId: true },
  });
  return new Set(used.map(({ admissionId }) => admissionId));
}
