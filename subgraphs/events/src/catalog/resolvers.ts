import { parsePage, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, userIds } from '../ids.js';
import { maySteer, readFilter } from './rules.js';
import { eventOrders } from './service.js';

export const resolvers: Resolvers = {
  Query: {
    event: (_parent, { id }, { loaders }) => loaders.event.load(eventIds.decode(id)),
    events: async (_parent, { filter, orderBy, ...args }, { viewer, services }) => {
      const page = parsePage(args, eventOrders[orderBy]);
      return toConnection(await services.catalog.discover(viewer, readFilter(filter), page), page);
    },
  },
  User: {
    __resolveReference: ({ id }) => (userIds.find(id) ? { id } : null),
    organizedEvents: async ({ id }, args, { viewer, services, loaders }) => {
      const page = parsePage(args, eventOrders.STARTS_AT_DESC);
      const organizerId = userIds.decode(id);
      const events = page.hasCursor
        ? services.catalog.listOrganizedBy(organizerId, viewer, page)
        : loaders.firstOrganizedEvents(page).load(organizerId);
      return toConnection(await events, page);
    },
  },
  Event: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = eventIds.find(id);
      return key ? loaders.event.load(key) : null;
    },
    id: (event) => eventIds.encode(event.id),
    status: (event, _args, { services }) => services.catalog.statusOf(event),
    startsAt: (event) => ({ local: event.startsAtLocal, zone: event.timeZone, instant: event.startsAt }),
    endsAt: (event) => ({ local: event.endsAtLocal, zone: event.timeZone, instant: event.endsAt }),
    place: ({ venue, address, countryCode, city, latitude, longitude }) => ({
      venue,
      address,
      countryCode,
      city,
      location: latitude === null || longitude === null ? null : { latitude, longitude },
    }),
    onlineUrl: async (event, _args, { viewer, loaders }) => {
      if (!viewer || !event.onlineUrl) return null;
      if (maySteer(viewer, event)) return event.onlineUrl;
      const registration = await loaders.viewerRegistration.load(event.id);
      return registration?.status === 'CONFIRMED' ? event.onlineUrl : null;
    },
    organizer: (event) => ({ id: userIds.encode(event.organizerId) }),
    freePlaces: ({ capacity, registeredCount }) => (capacity === null ? null : capacity - registeredCount),
  },
};
