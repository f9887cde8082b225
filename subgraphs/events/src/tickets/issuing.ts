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
    for (const ticket of tickets) await tellIssued(tx, { ...ticket, codeVersion: 1 });
    for (const eventId of eventsOf(tickets)) {
      const userId = tickets.find((ticket) => ticket.eventId === eventId)!.holderId;
      await admission.admitHolder(tx, { eventId, userId });
    }
    await countSold(tx, tickets, 1);
  }

  async function tellIssued(
    tx: Transaction,
    ticket: Pick<Ticket, 'id' | 'purchaseId' | 'eventId' | 'holderId' | 'codeVersion' | 'issuedAt'>,
  ): Promise<void> {
    const { codeVersion } = ticket;
    const data = { ...publicPart(ticket), codeVersion, issuedAt: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'ticket.issued', key: data.eventId, data });
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
    for (const { ticket, amountMinor } of ending) {
      const data = {
        ...publicPart(ticket),
        amountMinor: `${amountMinor}`,
        currency,
        refundedAt: cancelledAt.toISOString(),
      };
      await outbox.publish(tx, { type: 'ticket.refunded', key: data.eventId, data });
    }
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
    const units = new Map(
      tickets.filter(({ packetId }) => packetId).map((ticket) => [`${ticket.lineId} ${ticket.unit}`, ticket]),
    );
    const whole: (string | null)[] = [];
    for (const { packetId, lineId, unit } of units.values()) {
      const left = by === 1 ? 0 : await tx.ticket.count({ where: { lineId, unit, status: 'VALID' } });
      if (left === 0) whole.push(packetId);
    }
    for (const [id, count] of countBy(whole))
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

const publicPart = (ticket: Pick<Ticket, 'id' | 'purchaseId' | 'eventId' | 'holderId'>) => ({
  ticketId: ticketIds.encode(ticket.id),
  purchaseId: purchaseIds.encode(ticket.purchaseId),
  eventId: eventIds.encode(ticket.eventId),
  holderId: userIds.encode(ticket.holderId),
});
