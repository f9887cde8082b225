import { mutation, parsePage, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventOrders } from '../catalog/index.js';
import { eventIds, seriesIds, userIds } from '../ids.js';
import { isoDay, writeRule } from './rules.js';

export const resolvers: Resolvers = {
  Mutation: {
    repeatEvent: mutation(async ({ eventId, ...input }, { viewer, services }) => ({
      event: await services.series.repeat(viewer!, eventIds.decode(eventId), input),
    })),
    publishSeries: mutation(async ({ eventId }, { viewer, services }) => ({
      event: await services.series.publish(viewer!, eventIds.decode(eventId)),
    })),
    updateSeries: mutation(async ({ eventId, ...input }, { viewer, services }) => ({
      event: await services.series.update(viewer!, eventIds.decode(eventId), input),
    })),
    cancelSeries: mutation(async ({ eventId, ...input }, { viewer, services }) => ({
      event: await services.series.cancel(viewer!, eventIds.decode(eventId), input),
    })),
  },
  Event: {
    series: ({ seriesId }, _args, { loaders }) => (seriesId ? loaders.eventSeries.load(seriesId) : null),
    occurrenceOn: ({ occurrenceOn }) => occurrenceOn && isoDay(occurrenceOn),
    differsFromSeries: ({ ownFields }) => ownFields.length > 0,
  },
  EventSeries: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = seriesIds.find(id);
      return key ? loaders.eventSeries.load(key) : null;
    },
    id: ({ id }) => seriesIds.encode(id),
    pause: ({ pauseReason: reason, pausedSince: since }) => (reason && since ? { reason, since } : null),
    rule: ({ rule, lastOn }) => writeRule(rule, lastOn),
    startsOn: ({ firstOn }) => isoDay(firstOn),
    endsOn: ({ lastOn }) => lastOn && isoDay(lastOn),
    organizer: ({ organizerId }) => ({ id: userIds.encode(organizerId) }),
    events: async (series, args, { viewer, services }) => {
      const page = parsePage(args, eventOrders.STARTS_AT_ASC);
      return toConnection(await services.series.listEvents(series, viewer, page), page);
    },
  },
};
