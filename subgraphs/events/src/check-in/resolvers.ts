import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { CheckIn } from '../__generated__/prisma/client.js';
import type { Resolvers } from '../__generated__/schema.js';
import type { Context } from '../context.js';
import { eventIds, scanIds, userIds } from '../ids.js';
import { presenceKey } from './loaders.js';

const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];
const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

/** A person with several tickets is inside while one of them is, and went in when the first of them did. */
function presenceOf(checkIns: readonly CheckIn[]) {
  const entries = checkIns.flatMap(({ enteredAt }) => (enteredAt ? [enteredAt.getTime()] : []));
  const enteredAt = entries.length > 0 ? new Date(Math.min(...entries)) : null;
  return { isInside: checkIns.some(({ isInside }) => isInside), enteredAt };
}

const presenceAt = async (loaders: Context['loaders'], eventId: string, userId: string) =>
  presenceOf(await loaders.checkIns.load(presenceKey(eventId, userId)));

const nameOf = async (loaders: Context['loaders'], userId: string | null) =>
  userId ? ((await loaders.person.load(userId))?.displayName ?? null) : null;

export const resolvers: Resolvers = {
  Mutation: {
    addSteward: mutation(async ({ eventId, userId }, { viewer, services, loaders }) => {
      const id = eventIds.decode(eventId);
      const event = await services.stewards.add(viewer!, id, userIds.decode(userId));
      loaders.stewards.clear(id);
      return { event };
    }),
    removeSteward: mutation(async ({ eventId, userId }, { viewer, services, loaders }) => {
      const id = eventIds.decode(eventId);
      const event = await services.stewards.remove(viewer!, id, userIds.decode(userId));
      loaders.stewards.clear(id);
      return { event };
    }),
    checkIn: mutation(async ({ eventId, ...scan }, { viewer, services }) => ({
      scan: await services.checkIn.checkIn(viewer!, eventIds.decode(eventId), scan),
    })),
    uploadScans: mutation(async ({ eventId, scans }, { viewer, services }) => ({
      scans: await services.checkIn.upload(viewer!, eventIds.decode(eventId), scans),
    })),
  },
  Event: {
    stewards: async ({ id }, _args, { loaders }) =>
      (await loaders.stewards.load(id)).map(({ userId }) => ({ id: userIds.encode(userId) })),
    doorList: async ({ id }, { search, isInside, ...args }, { services }) => {
      const page = parsePage(args, oldestFirst);
      const filter = { search, isInside };
      return toConnection(await services.checkInLists.participants(id, filter, { page, args }), page);
    },
    checkInStats: ({ id }, _args, { services }) => services.checkInLists.stats(id),
    scans: async ({ id }, { isConflicting, ...args }, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.checkInLists.scans(id, isConflicting ?? null, page), page);
    },
  },
  Registration: {
    presence: ({ eventId, userId }, _args, { loaders }) => presenceAt(loaders, eventId, userId),
  },
  DoorListEntry: {
    displayName: ({ userId }, _args, { loaders }) => nameOf(loaders, userId),
    user: ({ userId }) => ({ id: userIds.encode(userId) }),
    admissionIds: async ({ eventId, userId }, _args, { loaders }) =>
      (await loaders.admissionIds.load(presenceKey(eventId, userId))).map(({ admissionId }) => admissionId),
    presence: ({ eventId, userId }, _args, { loaders }) => presenceAt(loaders, eventId, userId),
  },
  Scan: {
    id: ({ id }) => scanIds.encode(id),
    user: ({ holderId }) => (holderId ? { id: userIds.encode(holderId) } : null),
    displayName: ({ holderId }, _args, { loaders }) => nameOf(loaders, holderId),
    steward: ({ stewardId }) => ({ id: userIds.encode(stewardId) }),
  },
};
