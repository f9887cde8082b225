import type { Resolvers } from '../__generated__/schema.js';
import { noRatings } from '../ratings/index.js';
import { checkInRate, salesOf } from './rules.js';

export const resolvers: Resolvers = {
  Event: {
    insights: async (event, _args, { loaders }) => {
      const attendance = await loaders.attendance.load(event.id);
      return attendance && { ...attendance, event };
    },
  },
  EventInsights: {
    checkInRate: (insights) => checkInRate(insights),
    registrationDays: ({ event }, _args, { loaders }) => loaders.registrationDays.load(event.id),
    ratings: async ({ event }, _args, { loaders }) =>
      (await loaders.ratingsOfEvent.load(event.id)) ?? noRatings,
    ticketSales: async ({ event }, _args, { loaders }) => salesOf(await loaders.soldTickets.load(event.id)),
  },
  TicketSalesPart: {
    ticketType: ({ ticketTypeId }, _args, { loaders }) =>
      ticketTypeId ? loaders.ticketType.load(ticketTypeId) : null,
    packet: ({ packetId }, _args, { loaders }) => (packetId ? loaders.packet.load(packetId) : null),
    refundedCount: ({ soldCount, validCount }) => soldCount - validCount,
  },
};
