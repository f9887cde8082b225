import { pageUnder, parsePage, toConnection } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, mediaIds, userIds } from '../ids.js';
import { programOf } from './program.js';
import { maySteer, readFilter } from './rules.js';
import { metresAlong } from './conditions.js';
import { eventOrders } from './orders.js';
import { localize, translationsOf } from './translations.js';

export const resolvers: Resolvers = {
  Query: {
    event: (_parent, { id }, { loaders }) => loaders.event.load(eventIds.decode(id)),
    events: async (_parent, { filter, orderBy, ...args }, { viewer, services }) => {
      const wanted = { filter: readFilter(filter), orderBy, args };
      const { rows, page } = await services.catalog.discover(viewer, wanted);
      return toConnection(rows, page);
    },
  },
  EventEdge: {
    distanceMeters: ({ node: { chord } }) => (chord == null ? null : metresAlong(chord)),
  },
  User: {
    __resolveReference: ({ id }) => (userIds.find(id) ? { id } : null),
    organizedEvents: ({ id }, args, { viewer, services, loaders }) => {
      const organizerId = userIds.decode(id);
      return pageUnder(organizerId, parsePage(args, eventOrders.STARTS_AT_DESC), {
        first: loaders.firstOrganizedEvents,
        further: (page) => services.catalog.listOrganizedBy(organizerId, viewer, page),
      });
    },
  },
  Event: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = eventIds.find(id);
      return key ? loaders.event.load(key) : null;
    },
    id: (event) => eventIds.encode(event.id),
    localizedTitle: (event, { languages }) => localize(event, 'title', languages),
    localizedDescription: (event, { languages }) => localize(event, 'description', languages),
    translations: (event) => translationsOf(event),
    program: (event) => programOf(event),
    cover: ({ coverId }) => (coverId ? { id: mediaIds.encode(coverId) } : null),
    gallery: ({ galleryIds }) => galleryIds.map((id) => ({ id: mediaIds.encode(id) })),
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
    freePlaces: async ({ id, capacity }, _args, { loaders }) =>
      capacity === null ? null : ((await loaders.freePlaces.load(id))?.free ?? null),
  },
};
