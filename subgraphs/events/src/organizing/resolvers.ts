import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds } from '../ids.js';

export const resolvers: Resolvers = {
  Mutation: {
    createEvent: mutation(async (input, { viewer, services }) => ({
      event: await services.organizing.create(viewer!, input),
    })),
    updateEvent: mutation(async ({ eventId, ...input }, { viewer, services }) => ({
      event: await services.organizing.update(viewer!, eventIds.decode(eventId), input),
    })),
    publishEvent: mutation(async ({ eventId }, { viewer, services }) => ({
      event: await services.organizing.publish(viewer!, eventIds.decode(eventId)),
    })),
    deleteEvent: mutation(async ({ eventId }, { viewer, services, loaders }) => {
      const id = eventIds.decode(eventId);
      await services.organizing.remove(viewer!, id);
      loaders.event.clear(id);
      return { deletedEventId: eventId };
    }),
    cancelEvent: mutation(async ({ eventId }, { viewer, services }) => ({
      event: await services.organizing.cancel(viewer!, eventIds.decode(eventId)),
    })),
  },
};
