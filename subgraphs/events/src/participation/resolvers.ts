import { mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { eventIds, registrationIds, userIds } from '../ids.js';
import { usualSettings } from '../registration-form/index.js';

const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];
const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

/** What a change of a registration has outdated. */
function forget({ event, freePlaces, viewerRegistration }: Context['loaders'], eventId: string): void {
  for (const loader of [event, freePlaces, viewerRegistration]) loader.clear(eventId);
}

export const resolvers: Resolvers = {
  Mutation: {
    registerForEvent: mutation(async ({ idempotencyKey, ...input }, { viewer, services, loaders }) => {
      const eventId = eventIds.decode(input.eventId);
      const key = idempotencyKey ?? null;
      const { guests = 0, answers = [] } = input;
      const wish = { eventId, guests, answers };
      const registration = await services.participation.register(viewer!, wish, key);
      forget(loaders, eventId);
      return { registration, event: await loaders.event.load(eventId) };
    }),
    updateRegistration: mutation(async ({ registrationId, ...input }, { viewer, services, loaders }) => {
      const id = registrationIds.decode(registrationId);
      const registration = await services.participation.change(viewer!, id, input);
      forget(loaders, registration.eventId);
      loaders.answers.clear(id);
      return { registration };
    }),
    cancelRegistration: mutation(async ({ registrationId }, { viewer, services, loaders }) => {
      const registration = await services.participation.cancel(
        viewer!,
        registrationIds.decode(registrationId),
      );
      forget(loaders, registration.eventId);
      return { registration };
    }),
    setEventInterest: mutation(async (input, { viewer, services, loaders }) => {
      const eventId = eventIds.decode(input.eventId);
      const event = await services.participation.setInterest(viewer!, eventId, input.isInterested);
      loaders.viewerRegistration.clear(eventId);
      loaders.interestedCount.clear(eventId);
      return { event };
    }),
  },
  Event: {
    viewerEligibility: async (event, _args, { viewer, loaders, services }) => {
      const [registration, settings, suspension, block, invitation, entry, queue, places, types] =
        await Promise.all([
          loaders.viewerRegistration.load(event.id),
          loaders.registrationSettings.load(event.id),
          loaders.suspension.load(event.organizerId),
          loaders.blockOfViewer.load(event.organizerId),
          loaders.viewerInvitation.load(event.id),
          loaders.viewerWaitlistEntry.load(event.id),
          loaders.waiting.load(event.id),
          event.capacity === null ? null : loaders.freePlaces.load(event.id),
          loaders.ticketTypesOfEvent.load(event.id),
        ]);
      return services.participation.eligibility({
        ...{ viewer, event, registration, settings: settings ?? usualSettings },
        isOnHold: suspension !== null,
        ...{ isBlocked: block !== null, invitation, needsTicket: types.length > 0 },
        ...{ free: places?.free ?? null, entry, queue },
      });
    },
    viewerRegistration: (event, _args, { loaders }) => loaders.viewerRegistration.load(event.id),
    interestedCount: async (event, _args, { loaders }) =>
      (await loaders.interestedCount.load(event.id))?.count ?? 0,
    registrations: (event, { status, ...args }, { services, loaders }) =>
      pageUnder(event.id, parsePage(args, oldestFirst), {
        first: (page) => loaders.firstRegistrationsOfEvent(status, page),
        further: (page) => services.participation.listForEvent(event.id, status, page),
      }),
  },
  User: {
    registrations: ({ id }, args, { services, loaders }) => {
      const userId = userIds.decode(id);
      return pageUnder(userId, parsePage(args, newestFirst), {
        first: loaders.firstRegistrationsOfUser,
        further: (page) => services.participation.listForUser(userId, page),
      });
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
