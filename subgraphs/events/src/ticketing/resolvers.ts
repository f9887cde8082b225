import { mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { TicketType } from '../__generated__/prisma/client.js';
import type { Context } from '../context.js';
import { eventSeatIds, ticketTypeIds } from '../ids.js';
import { mostLeftTold, seesSales } from './rules.js';

const inOrderOfPlan: SortKey[] = [
  { field: 'position', direction: 'asc', type: 'number' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

/** Whether the viewer sells a type of ticket. */
async function isItsSeller({ eventId }: TicketType, { viewer, loaders }: Context): Promise<boolean> {
  const event = await loaders.event.load(eventId);
  return event !== null && seesSales(viewer, event);
}

export const resolvers: Resolvers = {
  Mutation: {
    createTicketType: mutation(async (input, { viewer, services, loaders }) => {
      loaders.ticketTypesOfEvent.clearAll();
      return { ticketType: await services.ticketing.createType(viewer!, input) };
    }),
    updateTicketType: mutation(async ({ ticketTypeId, ...input }, { viewer, services }) => ({
      ticketType: await services.ticketing.updateType(viewer!, ticketTypeIds.decode(ticketTypeId), input),
    })),
    deleteTicketType: mutation(async ({ ticketTypeId }, { viewer, services, loaders }) => {
      const { event } = await services.ticketing.deleteType(viewer!, ticketTypeIds.decode(ticketTypeId));
      loaders.ticketTypesOfEvent.clearAll();
      return { event, deletedTicketTypeId: ticketTypeId };
    }),
    changeEventSeats: mutation(async (input, { viewer, services, loaders }) => {
      const event = await services.ticketing.changeSeats(viewer!, input);
      loaders.event.clear(event.id);
      loaders.freePlaces.clear(event.id);
      return { event };
    }),
  },
  Event: {
    ticketTypes: (event, _args, { loaders }) => loaders.ticketTypesOfEvent.load(event.id),
    seats: (event, args, { services, loaders }) =>
      pageUnder(event.id, parsePage(args, inOrderOfPlan), {
        first: loaders.firstSeatsOfEvent,
        further: (page) => services.ticketing.listSeats(event.id, page),
      }),
  },
  TicketType: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = ticketTypeIds.find(id);
      return key ? loaders.ticketType.load(key) : null;
    },
    id: ({ id }) => ticketTypeIds.encode(id),
    event: ({ eventId }, _args, { loaders }) => loaders.event.load(eventId),
    price: ({ priceMinor, currency }) => ({ amountMinor: priceMinor, currency }),
    fee: ({ feeMinor, currency }) => ({ amountMinor: feeMinor, currency }),
    soldCount: async (type, _args, context) => ((await isItsSeller(type, context)) ? type.soldCount : null),
    leftCount: async (type, _args, context) => {
      const { id, quota, soldCount } = type;
      if (quota === null) return null;
      const left = quota - soldCount - ((await context.loaders.heldOfType.load(id))?.held ?? 0);
      return Math.max(0, (await isItsSeller(type, context)) ? left : Math.min(left, mostLeftTold));
    },
    isOnSale: async (type, _args, { services, loaders }) => {
      if (!services.ticketing.isOnSale(type)) return false;
      const event = await loaders.event.load(type.eventId);
      return event !== null && (await loaders.suspension.load(event.organizerId)) === null;
    },
    refundPolicy: ({ refundUntilHours, refundPercent }) =>
      refundUntilHours === null ? null : { untilHoursBefore: refundUntilHours, percent: refundPercent },
  },
  EventSeat: {
    id: ({ id }) => eventSeatIds.encode(id),
    event: ({ eventId }, _args, { loaders }) => loaders.event.load(eventId),
    ticketType: ({ ticketTypeId }, _args, { loaders }) =>
      ticketTypeId ? loaders.ticketType.load(ticketTypeId) : null,
    isFree: (seat, _args, { services }) => services.ticketing.isSeatFree(seat),
  },
};
