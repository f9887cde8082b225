import { mutation, pageUnder, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { presenceKey } from '../check-in/index.js';
import { ticketIds, transferIds, userIds } from '../ids.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];
const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    ticket: (_parent, { id }, { loaders }) => loaders.ticket.load(ticketIds.decode(id)),
  },
  Mutation: {
    transferTicket: mutation(async (input, { viewer, services }) => ({
      transfer: await services.tickets.offer(viewer!, input),
    })),
    acceptTicketTransfer: mutation(async ({ transferId }, { viewer, services, loaders }) => {
      const transfer = await services.tickets.accept(viewer!, transferId);
      return { transfer, ticket: await loaders.ticket.clear(transfer.ticketId).load(transfer.ticketId) };
    }),
    declineTicketTransfer: mutation(async ({ transferId }, { viewer, services }) => ({
      transfer: await services.tickets.decline(viewer!, transferId),
    })),
    withdrawTicketTransfer: mutation(async ({ transferId }, { viewer, services }) => ({
      transfer: await services.tickets.withdraw(viewer!, transferId),
    })),
  },
  User: {
    tickets: ({ id }, args, { services, loaders }) => {
      const holderId = userIds.decode(id);
      return pageUnder(holderId, parsePage(args, newestFirst), {
        first: loaders.firstTicketsOfHolder,
        further: (page) => services.tickets.list({ holderId }, page),
      });
    },
    ticketTransfers: async ({ id }, args, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.tickets.listTransfers(userIds.decode(id), page), page);
    },
  },
  Event: {
    tickets: (event, args, { services, loaders }) =>
      pageUnder(event.id, parsePage(args, oldestFirst), {
        first: loaders.firstTicketsOfEvent,
        further: (page) => services.tickets.list({ eventId: event.id }, page),
      }),
  },
  Ticket: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = ticketIds.find(id);
      return key ? loaders.ticket.load(key) : null;
    },
    id: ({ id }) => ticketIds.encode(id),
    event: ({ eventId }, _args, { loaders }) => loaders.event.load(eventId),
    ticketType: ({ ticketTypeId }, _args, { loaders }) =>
      ticketTypeId ? loaders.ticketType.load(ticketTypeId) : null,
    packet: ({ packetId }, _args, { loaders }) => (packetId ? loaders.packet.load(packetId) : null),
    purchase: ({ purchaseId }, _args, { loaders }) => loaders.purchase.load(purchaseId),
    holder: ({ holderId }) => ({ id: userIds.encode(holderId) }),
    description: async ({ lineId }, _args, { loaders }) =>
      (await loaders.lineOfTicket.load(lineId))?.description ?? '',
    seat: async ({ seatId }, _args, { loaders }) =>
      seatId ? ((await loaders.seatLabel.load(seatId))?.label ?? null) : null,
    price: async ({ priceMinor, purchaseId }, _args, { loaders }) => ({
      amountMinor: priceMinor,
      currency: (await loaders.currencyOfPurchase.load(purchaseId))!.currency,
    }),
    fee: async ({ feeMinor, purchaseId }, _args, { loaders }) => ({
      amountMinor: feeMinor,
      currency: (await loaders.currencyOfPurchase.load(purchaseId))!.currency,
    }),
    refundableNow: async (ticket, _args, { loaders, services }) => {
      const { eventId, holderId } = ticket;
      const [line, event, purchase, checkIns] = await Promise.all([
        loaders.lineOfTicket.load(ticket.lineId),
        loaders.event.load(eventId),
        loaders.currencyOfPurchase.load(ticket.purchaseId),
        loaders.checkIns.load(presenceKey(eventId, holderId)),
      ]);
      const isUsed = checkIns.some(({ admissionId, enteredAt }) => admissionId === ticket.id && enteredAt);
      if (!line || !event || !purchase || isUsed) return null;
      const amountMinor = services.tickets.refundNow(ticket, line, event);
      return amountMinor === null ? null : { amountMinor, currency: purchase.currency };
    },
    transfer: ({ id }, _args, { loaders }) => loaders.openTransfer.load(id),
  },
  TicketTransfer: {
    id: ({ id }) => transferIds.encode(id),
    ticket: ({ ticketId }, _args, { loaders }) => loaders.ticket.load(ticketId),
    from: ({ fromId }) => ({ id: userIds.encode(fromId) }),
    to: ({ toId }) => ({ id: userIds.encode(toId) }),
  },
};
