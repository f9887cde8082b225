import { mutation, rootValues } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds, liveLocationIds, userIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    shareLiveLocation: mutation(async (input, { viewer, services }) => {
      const conversationId = conversationIds.decode(input.conversationId);
      return { location: await services.liveLocations.share(viewer!.id, { ...input, conversationId }) };
    }),
    updateLiveLocation: mutation(async ({ id, position }, { viewer, services }) => ({
      location: await services.liveLocations.update(viewer!.id, { id: liveLocationIds.decode(id), position }),
    })),
    stopLiveLocation: mutation(async ({ id }, { viewer, services }) => ({
      endedId: (await services.liveLocations.stop(viewer!.id, liveLocationIds.decode(id))) ? id : null,
    })),
  },
  Subscription: {
    liveLocations: {
      subscribe: async (_parent, { conversationId }, { viewer, services }) => {
        const watch = { viewerId: viewer!.id, conversationId: conversationIds.decode(conversationId) };
        return rootValues('liveLocations', await services.liveLocationEvents.subscribe(watch));
      },
    },
  },
  Conversation: {
    liveLocations: ({ conversationId }, _args, { loaders }) => loaders.liveLocations.load(conversationId),
  },
  LiveLocation: {
    id: ({ id }) => liveLocationIds.encode(id),
    person: ({ userId }) => ({ id: userIds.encode(userId) }),
    position: ({ latitude, longitude }) => ({ latitude, longitude }),
  },
  LiveLocationShared: {
    person: ({ actorId }) => ({ id: userIds.encode(actorId!) }),
    endsAt: ({ details }) => new Date((details as { endsAt: string }).endsAt),
  },
  LiveLocationEnded: { person: ({ actorId }) => ({ id: userIds.encode(actorId!) }) },
};
