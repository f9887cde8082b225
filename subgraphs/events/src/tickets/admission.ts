import { ticketIds } from '../ids.js';
import type { Ticket, TicketTransfer } from '../__generated__/prisma/client.js';
import type { Shown } from '../check-in/index.js';
import type { Transaction } from '../database.js';

/** Tickets as the check-in sees them: a code of a ticket that was handed over or given back opens no door. */
export const ticketSource = {
  kind: 'TICKET' as const,
  ids: ticketIds,
  find: async (tx: Transaction, id: string, shown: Shown) => {
    const found = await tx.ticket.findUnique({
      where: { id },
      include: { transfers: { where: { status: 'ACCEPTED' }, orderBy: { endedAt: 'asc' } } },
    });
    if (!found) return null;
    const { eventId, status, codeVersion, issuedAt, cancelledAt, transfers } = found;
    const changes = [issuedAt, cancelledAt, transfers.at(-1)?.endedAt];
    const since = new Date(Math.max(...changes.map((at) => at?.getTime() ?? 0)));
    const holderId = holderOf(found, shown);
    return { eventId, holderId, isValid: status === 'VALID', codeVersion, since };
  },
  heldBy: async (tx: Transaction, eventIds: readonly string[], userIds: readonly string[]) =>
    tx.ticket.findMany({
      where: { eventId: { in: [...eventIds] }, holderId: { in: [...userIds] }, status: 'VALID' },
      select: { id: true, eventId: true, holderId: true },
    }),
};

/** Who held a ticket when a code of it was made, or when it was let in by name. Each time it is handed over, its code is new. */
function holderOf(
  { holderId, transfers }: Ticket & { readonly transfers: readonly TicketTransfer[] },
  { codeVersion, at }: Shown,
): string {
  const after =
    codeVersion === null
      ? transfers.filter(({ endedAt }) => endedAt !== null && endedAt > at)
      : transfers.slice(codeVersion - 1);
  return after[0]?.fromId ?? holderId;
}
