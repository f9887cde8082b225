import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, registrationIds, userIds } from '../ids.js';

const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];
const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Mutation: {
    registerForEvent: mutation(async (input, { viewer, services, loaders }) => {
      const eventId = eventIds.decode(input.eventId);
      const registration = await services.participation.register(
        viewer!,
        eventId,
        input.idempotencyKey ?? null,
      );
      loaders.viewerRegistration.clear(eventId);
      return { registration, event: await loaders.event.clear(eventId).load(eventId) };
    }),
    cancelRegistration: mutation(async ({ registrationId }, { viewer, services, loaders }) => {
      const registration = await services.participation.cancel(
        viewer!,
        registrationIds.decode(registrationId),
      );
      loaders.viewerRegistration.clear(registration.eventId);
      loaders.event.clear(registration.eventId);
      return { registration };
    }),
  },
  Event: {
    viewerEligibility: async (event, _args, { viewer, loaders, services }) =>
      services.participation.eligibility(event, await loaders.viewerRegistration.load(event.id), viewer),
    viewerRegistration: (event, _args, { loaders }) => loaders.viewerRegistration.load(event.id),
    registrations: async (event, args, { services, loaders }) => {
      const page = parsePage(args, oldestFirst);
      const registrations = page.hasCursor
        ? services.participation.listForEvent(event.id, page)
        : loaders.firstRegistrationsOfEvent(page).load(event.id);
      return toConnection(await registrations, page);
    },
  },
  User: {
    registrations: async ({ id }, args, { services, loaders }) => {
      const page = parsePage(args, newestFirst);
      const userId = userIds.decode(id);
      const registrations = page.hasCursor
        ? services.participation.listForUser(userId, page)
        : loaders.firstRegistrationsOfUser(page).load(userId);
      return toConnection(await registrations, page);
    },
  },
  Registration: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = registrationIds.find(id);
      return key ? loaders.registration.load(key) : null;
    },
    id: (registration) => registrationIds.encode(registration.id),
    event: (registration, _args, { loaders }) => loaders.event.load(registration.eventId),
    user: (registration) => ({ id: userIds.encode(registration.userId) }),
  },
};
