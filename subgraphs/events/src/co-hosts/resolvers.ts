import { mutation, pageUnder, parsePage } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventOrders } from '../catalog/index.js';
import { eventIds, userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    inviteCoHost: mutation(async ({ eventId, userId }, { viewer, services }) => ({
      event: await services.coHosts.invite(viewer!, eventIds.decode(eventId), userIds.decode(userId)),
    })),
    acceptCoHostInvitation: mutation(async ({ eventId }, { viewer, services }) => ({
      event: await services.coHosts.accept(viewer!, eventIds.decode(eventId)),
    })),
    removeCoHost: mutation(async (input, { viewer, services, loaders }) => {
      const eventId = eventIds.decode(input.eventId);
      const userId = userIds.decode(input.userId);
      const fromSeries = input.fromSeries ?? false;
      await services.coHosts.remove(viewer!, { eventId, userId, fromSeries });
      return { event: await loaders.event.clear(eventId).load(eventId) };
    }),
  },
  Event: {
    coHosts: ({ coHostIds }) => coHostIds.map((id) => ({ id: userIds.encode(id) })),
    coHostInvitations: (event, _args, { loaders }) => loaders.coHostInvitationsOfEvent.load(event.id),
  },
  User: {
    coHostedEvents: ({ id }, args, { viewer, services, loaders }) => {
      const userId = userIds.decode(id);
      return pageUnder(userId, parsePage(args, eventOrders.STARTS_AT_DESC), {
        first: loaders.firstCoHostedEvents,
        further: (page) => services.coHosts.listEvents(userId, viewer, page),
      });
    },
    coHostInvitations: ({ id }, _args, { services }) => services.coHosts.listInvitations(userIds.decode(id)),
  },
  CoHostInvitation: {
    event: ({ eventId }, _args, { loaders }) => loaders.event.load(eventId),
    user: ({ userId }) => ({ id: userIds.encode(userId) }),
    invitedBy: ({ invitedById }) => ({ id: userIds.encode(invitedById) }),
  },
};
