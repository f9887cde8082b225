import {
  AppError,
  idempotencyKey as keySchema,
  idempotent,
  parseInput,
  type Page,
  type Viewer,
} from '@diaspora/kit';
import type { Event, Prisma, Ticket, TicketTransfer } from '../__generated__/prisma/client.js';
import { spendAllowance } from '../allowances.js';
import { hasBlocked } from '../blocks.js';
import { usedOf } from '../check-in/index.js';
import type { Transaction } from '../database.js';
import { eventIds, ticketIds, transferIds, userIds } from '../ids.js';
import { createLooking, ticketRefusalOf } from '../participation/index.js';
import { assertKnown } from '../people.js';
import type { TicketingDependencies } from '../ticketing/index.js';
import type { Issuing } from './issuing.js';
import { assertMayGo, refundForBuyer } from './rules.js';

export type Tickets = ReturnType<typeof createTickets>;

type Dependencies = TicketingDependencies & { readonly issuing: Issuing };

export function createTickets({ db, clock, outbox, places, issuing }: Dependencies) {
  const lookAt = createLooking({ clock, places });

  /** Locks the event of a ticket, then the ticket. */
  async function lockTicket(tx: Transaction, id: string): Promise<{ event: Event; ticket: Ticket } | null> {
    const known = await tx.ticket.findUnique({ where: { id } });
    if (!known) return null;
    const [event] = await places.lockEvents(tx, [known.eventId]);
    await tx.$executeRaw`SELECT 1 FROM tickets WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    return { event: event!, ticket: await tx.ticket.findUniqueOrThrow({ where: { id } }) };
  }

  /** Offers a ticket to somebody else; until they accept it stays where it is. */
  async function offer(
    viewer: Viewer,
    input: { idempotencyKey: string; ticketId: string; recipientId: string },
  ): Promise<TicketTransfer> {
    const ticketId = ticketIds.decode(input.ticketId);
    const toId = userIds.decode(input.recipientId);
    const call = {
      actor: viewer.id,
      operation: 'transferTicket',
      key: parseInput(keySchema(), input.idempotencyKey),
      request: { ticketId, toId },
    };
    const { transferId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const locked = await lockTicket(tx, ticketId);
        if (locked?.ticket.holderId !== viewer.id)
          throw new AppError('NOT_FOUND', 'You have no such ticket.', { path: ['ticketId'] });
        const { ticket, event } = locked;
        const now = clock.now();
        await assertTransferable(tx, ticket, event);
        if (toId === viewer.id)
          throw new AppError('INVALID_INPUT', 'The ticket is yours already.', { path: ['recipientId'] });
        await assertKnown(tx, toId, 'recipientId');
        // Who has blocked the giver hears nothing of it, and the giver does not learn that they have.
        if (await hasBlocked(tx, toId, viewer.id))
          throw new AppError('CONFLICT', 'This person takes no tickets from you.', { path: ['recipientId'] });
        if (await tx.ticketTransfer.count({ where: { ticketId, status: 'OFFERED' } }))
          throw new AppError('CONFLICT', 'The ticket is offered to somebody already.', {
            path: ['ticketId'],
          });
        await spendAllowance(tx, { personId: viewer.id, purpose: 'TICKET_TRANSFERS', now });
        const transfer = await tx.ticketTransfer.create({
          data: {
            id: transferIds.create(),
            ticketId,
            fromId: viewer.id,
            toId,
            status: 'OFFERED',
            offeredAt: now,
          },
        });
        const data = {
          transferId: transferIds.encode(transfer.id),
          ticketId: input.ticketId,
          eventId: eventIds.encode(event.id),
          fromId: userIds.encode(viewer.id),
          toId: input.recipientId,
          offeredAt: now.toISOString(),
        };
        await outbox.publish(tx, { type: 'ticket.transferOffered', key: data.eventId, data });
        return { transferId: transfer.id };
      }),
    );
    return db.ticketTransfer.findUniqueOrThrow({ where: { id: transferId } });
  }

  /** Ends an offer by one of the two it is between. A second call answers what became of it. */
  const settle = (
    viewer: Viewer,
    transferId: string,
    to: { readonly by: 'fromId' | 'toId'; readonly status: 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN' },
  ): Promise<TicketTransfer> => {
    const id = transferIds.decode(transferId);
    return db.$transaction(async (tx) => {
      const known = await tx.ticketTransfer.findUnique({ where: { id } });
      if (known?.[to.by] !== viewer.id)
        throw new AppError('NOT_FOUND', 'There is no such offer.', { path: ['transferId'] });
      const { ticket, event } = (await lockTicket(tx, known.ticketId))!;
      const transfer = await tx.ticketTransfer.findUniqueOrThrow({ where: { id } });
      if (transfer.status === to.status) return transfer;
      if (transfer.status !== 'OFFERED')
        throw new AppError('CONFLICT', 'The offer has ended.', { payload: { transfer } });
      const now = clock.now();
      if (to.status === 'ACCEPTED') {
        await assertTransferable(tx, ticket, event);
        await handOver(tx, viewer, { ticket, event });
      }
      return tx.ticketTransfer.update({ where: { id }, data: { status: to.status, endedAt: now } });
    });
  };

  /** The code of the old holder opens no door from now on. */
  async function handOver(
    tx: Transaction,
    viewer: Viewer,
    { ticket, event }: { ticket: Ticket; event: Event },
  ): Promise<void> {
    const toId = viewer.id;
    const looked = await lookAt(tx, viewer, event, 0);
    // The place was bought in time: who comes by it may change until the event is over.
    const settings = { ...looked.settings, opensAt: null, closesAt: null };
    const refusal = ticketRefusalOf({ ...looked, settings, isOnHold: false });
    if (refusal === 'ENTITLEMENT_REQUIRED')
      throw new AppError(refusal, 'Your plan does not include this event.', { path: ['transferId'] });
    if (refusal) throw new AppError('NOT_ADMITTED', 'The event does not admit you.');
    const handed = await tx.ticket.update({
      where: { id: ticket.id },
      data: { holderId: toId, codeVersion: ticket.codeVersion + 1 },
    });
    await issuing.tellIssued(tx, [handed]);
    await issuing.withdrawWithout(tx, { eventId: event.id, userId: ticket.holderId });
    await issuing.admit(tx, { eventId: event.id, userId: toId });
  }

  async function assertTransferable(tx: Transaction, ticket: Ticket, event: Event): Promise<void> {
    const isUsed = (await usedOf(tx, 'TICKET', [ticket.id])).size > 0;
    assertMayGo({ ticket, event, isUsed, now: clock.now() });
  }

  const list = (where: Prisma.TicketWhereInput, page: Page): Promise<Ticket[]> =>
    db.ticket.findMany({ where: { AND: [where, page.where] }, orderBy: page.orderBy, take: page.take });

  const listTransfers = (userId: string, page: Page): Promise<TicketTransfer[]> =>
    db.ticketTransfer.findMany({
      where: { AND: [{ OR: [{ fromId: userId }, { toId: userId }] }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return {
    offer,
    accept: (viewer: Viewer, id: string) => settle(viewer, id, { by: 'toId', status: 'ACCEPTED' }),
    decline: (viewer: Viewer, id: string) => settle(viewer, id, { by: 'toId', status: 'DECLINED' }),
    withdraw: (viewer: Viewer, id: string) => settle(viewer, id, { by: 'fromId', status: 'WITHDRAWN' }),
    list,
    listTransfers,
    refundNow: (...args: [Ticket, Parameters<typeof refundForBuyer>[1], Event]) =>
      args[0].status === 'VALID' ? refundForBuyer(...args, clock.now()) : null,
  };
}
