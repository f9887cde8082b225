import type { Prisma } from '../database.js';
import type { OfficeStatus } from './rules.js';

/** Offices held at a moment, for any of the people or in a place. */
export const heldAt = (at: Date): Prisma.OfficeWhereInput => ({
  endedAt: null,
  startsAt: { lte: at },
  OR: [{ endsAt: null }, { endsAt: { gt: at } }],
});

/** What `statusOf` says, as a condition. */
export function inStatus(status: OfficeStatus, now: Date): Prisma.OfficeWhereInput {
  if (status === 'ACTIVE') return { ...heldAt(now), needsConfirmationSince: null };
  if (status === 'NEEDS_CONFIRMATION') return { ...heldAt(now), needsConfirmationSince: { not: null } };
  if (status === 'UPCOMING') return { endedAt: null, startsAt: { gt: now } };
  return { OR: [{ endedAt: { not: null } }, { endsAt: { lte: now } }] };
}
