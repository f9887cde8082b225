import type { Clock, Outbox } from '@diaspora/kit';
import type { Ticket } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { eventIds, purchaseIds, ticketIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import type { Admission } from '../participation/index.js';
import type { Places } from '../places/index.js';

export type Issuing = ReturnType<typeof createIssuing>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly places: Places;
  readonly admission: Admission;
}

/** A ticket that is to be. */
export type NewTicket = Omit<
  Ticket,
  'id' | 'status' | 'codeVersion' | 'refundId' | 'issuedAt' | 'cancelledAt'
>;

/** A ticket that ends, and what goes back for it. */
export interface EndingTicket {
  readonly ticket: Ticket;
  readonly amountMinor: bigint;
}

/**
 * Makes tickets and ends them. Whoever calls has locked the events, the types, the packets and the purchase, and has taken
 * the places of those that are made.
 */
export function createIssuing({ clock, outbox, places, admission }: Dependencies) {
  async function issue(tx: Transaction, drafts: readonly NewTicket[]): Promise<void> {
    const issuedAt = clock.now();
    const tickets = drafts.map((draft) => ({
      ...draft,
      id: ticketIds.create(),
      status: 'VALID' as const,
      issuedAt,
    }));
    await tx.ticket.createMany({ data: tickets });
    await tellIssued(tx, tickets.map((ticket) => ({ ...ticket, codeVersion: 1 }))); // prettier-ignore
    for (const eventId of eventsOf(tickets)) {
      const userId = tickets.find((ticket) => ticket.eventId === eventId)!.holderId;
      await admission.admitHolder(tx, { eventId, userId });
    }
    await countSold(tx, tickets, 1);
  }

  async function tellIssued(
    tx: Transaction,
    tickets: readonly (Named & Pick<Ticket, 'codeVersion'>)[],
  ): Promise<void> {
    const issuedAt = clock.now().toISOString();
    const told = tickets.map((ticket) => {
      const data = { ...publicPart(ticket), codeVersion: ticket.codeVersion, issuedAt };
      return { type: 'ticket.issued' as const, key: data.eventId, data };
    });
    await outbox.publishAll(tx, told);
  }

  async function tellEnded(
    tx: Transaction,
    ending: readonly EndingTicket[],
    { currency, refundedAt }: { currency: string; refundedAt: string },
  ): Promise<void> {
    const told = ending.map(({ ticket, amountMinor }) => {
      const data = { ...publicPart(ticket), amountMinor: `${amountMinor}`, currency, refundedAt };
      return { type: 'ticket.refunded' as const, key: data.eventId, data };
    });
    await outbox.publishAll(tx, told);
  }

  /** Ends valid tickets: their places are free at once, everywhere, whatever becomes of the money. */
  async function end(
    tx: Transaction,
    ending: readonly EndingTicket[],
    { refundId, currency }: { refundId: string | null; currency: string },
  ): Promise<void> {
    const cancelledAt = clock.now();
    const tickets = ending.map(({ ticket }) => ticket);
    const ids = tickets.map(({ id }) => id);
    await tx.ticket.updateMany({
      where: { id: { in: ids } },
      data: { status: 'CANCELLED', cancelledAt, refundId },
    });
    await tx.ticketTransfer.updateMany({
      where: { ticketId: { in: ids }, status: 'OFFERED' },
      data: { status: 'WITHDRAWN', endedAt: cancelledAt },
    });
    await countSold(tx, tickets, -1);
    await tellEnded(tx, ending, { currency, refundedAt: cancelledAt.toISOString() });
    for (const eventId of eventsOf(tickets)) {
      const ofEvent = tickets.filter((ticket) => ticket.eventId === eventId);
      for (const userId of new Set(ofEvent.map(({ holderId }) => holderId)))
        await withdrawWithout(tx, { eventId, userId });
      await places.giveBack(tx, eventId, { by: 'TICKET', places: ofEvent.length });
    }
  }

  /** A person without a valid ticket takes part no more. */
  async function withdrawWithout(
    tx: Transaction,
    holder: { eventId: string; userId: string },
  ): Promise<void> {
    const where = { eventId: holder.eventId, holderId: holder.userId, status: 'VALID' as const };
    if ((await tx.ticket.count({ where })) === 0) await admission.withdrawHolder(tx, holder);
  }

  /** A type counts tickets; a packet counts itself as long as one of its tickets is valid. */
  async function countSold(
    tx: Transaction,
    tickets: readonly Pick<Ticket, 'ticketTypeId' | 'packetId' | 'lineId' | 'unit'>[],
    by: 1 | -1,
  ): Promise<void> {
    const perType = countBy(tickets.map(({ ticketTypeId }) => ticketTypeId));
    for (const [id, count] of perType)
      await tx.ticketType.update({ where: { id }, data: { soldCount: { increment: by * count } } });
    const ofPackets = tickets.filter(({ packetId }) => packetId);
    const units = new Map(ofPackets.map((ticket) => [unitKeyOf(ticket), ticket.packetId]));
    const lineIds = [...new Set(ofPackets.map(({ lineId }) => lineId))];
    const where = { lineId: { in: lineIds }, status: 'VALID' as const };
    const left = by === 1 ? [] : await tx.ticket.groupBy({ by: ['lineId', 'unit'], where });
    for (const unit of left) units.delete(unitKeyOf(unit));
    for (const [id, count] of countBy([...units.values()]))
      await tx.packet.update({ where: { id }, data: { soldCount: { increment: by * count } } });
  }

  return { issue, end, tellIssued, withdrawWithout, admit: admission.admitHolder };
}

const eventsOf = (tickets: readonly Pick<Ticket, 'eventId'>[]): string[] =>
  [...new Set(tickets.map(({ eventId }) => eventId))].sort();

function countBy(ids: readonly (string | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) if (id) counts.set(id, (counts.get(id) ?? 0) + 1);
  return new Map([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const unitKeyOf = ({ lineId, unit }: Pick<Ticket, 'lineId' | 'unit'>): string => `${lineId} ${unit}`;

type Named = Pick<Ticket, 'id' | 'purchaseId' | 'eventId' | 'holderId'>;

const publicPart = (ticket: Named) => ({
  ticketId: ticketIds.encode(ticket.id),
  purchaseId: purchaseIds.encode(ticket.purchaseId),
  eventId: eventIds.encode(ticket.eventId),
  holderId: userIds.encode(ticket.holderId),
});
