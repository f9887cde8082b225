import { ticketIds } from '../ids.js';
import type { Transaction } from '../database.js';

/** Tickets as the check-in sees them: a code of a ticket that was handed over or given back opens no door. */
export const ticketSource = {
  kind: 'TICKET' as const,
  ids: ticketIds,
  find: async (tx: Transaction, id: string) => {
    const found = await tx.ticket.findUnique({
      where: { id },
      include: { transfers: { where: { status: 'ACCEPTED' }, orderBy: { endedAt: 'desc' }, take: 1 } },
    });
    if (!found) return null;
    const { eventId, holderId, status, codeVersion, issuedAt, cancelledAt, transfers } = found;
    const changes = [issuedAt, cancelledAt, transfers[0]?.endedAt];
    const since = new Date(Math.max(...changes.map((at) => at?.getTime() ?? 0)));
    return { eventId, holderId, isValid: status === 'VALID', codeVersion, since };
  },
  heldBy: async (tx: Transaction, eventIds: readonly string[], userIds: readonly string[]) =>
    tx.ticket.findMany({
      where: { eventId: { in: [...eventIds] }, holderId: { in: [...userIds] }, status: 'VALID' },
      select: { id: true, eventId: true, holderId: true },
    }),
};
