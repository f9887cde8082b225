import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { eventIds, userIds, waitlistEntryIds } from '../ids.js';

const oldestFirst: SortKey[] = [
  { field: 'joinedAt', direction: 'asc', type: 'date' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];

/** What a change of the waitlist has outdated. */
async function afresh({ event, freePlaces, viewerWaitlistEntry, waiting }: Context['loaders'], id: string) {
  for (const loader of [event, freePlaces, viewerWaitlistEntry, waiting]) loader.clear(id);
  return event.load(id);
}

export const resolvers: Resolvers = {
  Mutation: {
    joinWaitlist: mutation(async ({ eventId, guests = 0 }, { viewer, services, loaders }) => {
      const id = eventIds.decode(eventId);
      const entry = await services.waitlist.join(viewer!, id, guests);
      return { entry, event: await afresh(loaders, id) };
    }),
    leaveWaitlist: mutation(async ({ eventId }, { viewer, services, loaders }) => {
      const id = eventIds.decode(eventId);
      const entry = await services.waitlist.leave(viewer!, id);
      return { entry, event: await afresh(loaders, id) };
    }),
  },
  Event: {
    viewerWaitlistEntry: ({ id }, _args, { loaders }) => loaders.viewerWaitlistEntry.load(id),
    waitingCount: async ({ id }, _args, { loaders }) => (await loaders.waiting.load(id))?.count ?? 0,
    waitlist: async ({ id }, args, { services }) => {
      const page = parsePage(args, oldestFirst);
      return toConnection(await services.waitlist.listOf(id, page), page);
    },
  },
  WaitlistEntry: {
    id: ({ id }) => waitlistEntryIds.encode(id),
    event: ({ eventId }, _args, { loaders }) => loaders.event.load(eventId),
    user: ({ userId }) => ({ id: userIds.encode(userId) }),
    status: (entry, _args, { services }) => services.waitlist.statusOf(entry),
    guests: ({ places }) => places - 1,
    position: async ({ id, eventId }, _args, { loaders }) => {
      const settings = await loaders.registrationSettings.load(eventId);
      if (settings?.waitlist === 'LOTTERY') return null;
      return (await loaders.waitlistPosition.load(id))?.position ?? null;
    },
  },
};
