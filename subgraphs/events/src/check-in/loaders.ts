import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { CheckIn, Person, Steward } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { AdmissionSource } from './sources.js';

export interface CheckInLoaders {
  /** Whether the viewer is a steward, by event. */
  readonly stewardship: Loader<string, Steward | null>;
  /** Stewards, by event; up to a hundred. For whoever permissions.ts lets see them. */
  readonly stewards: Loader<string, Steward[]>;
  /** What a person's registration and tickets of one event say of their presence. */
  readonly checkIns: Loader<string, CheckIn[]>;
  /** Public ids of what lets a person in at an event. */
  readonly admissionIds: Loader<string, { readonly key: string; readonly admissionId: string }[]>;
  /** The name of a person; null until users told it. */
  readonly person: Loader<string, Person | null>;
}

/** Key of a person at an event. */
export const presenceKey = (eventId: string, userId: string): string => `${eventId}:${userId}`;

export const createCheckInLoaders = (
  db: Db,
  viewer: Viewer | null,
  sources: readonly AdmissionSource[],
): CheckInLoaders => ({
  stewardship: createRowLoader(
    async (eventIds) =>
      viewer ? db.steward.findMany({ where: { userId: viewer.id, eventId: { in: [...eventIds] } } }) : [],
    ({ eventId }) => eventId,
  ),
  stewards: createGroupLoader(
    (eventIds) =>
      db.steward.findMany({
        where: { eventId: { in: [...eventIds] } },
        orderBy: [{ addedAt: 'asc' }, { userId: 'asc' }],
      }),
    ({ eventId }) => eventId,
  ),
  checkIns: createGroupLoader(
    (keys) => {
      const { eventIds, holderIds } = apart(keys);
      return db.checkIn.findMany({ where: { eventId: { in: eventIds }, holderId: { in: holderIds } } });
    },
    ({ eventId, holderId }) => presenceKey(eventId, holderId),
  ),
  admissionIds: createGroupLoader(
    async (keys) => {
      const { eventIds, holderIds } = apart(keys);
      const held = sources.map(async ({ ids, heldBy }) =>
        (await heldBy(db, eventIds, holderIds)).map(({ id, eventId, holderId }) => ({
          key: presenceKey(eventId, holderId),
          admissionId: ids.encode(id),
        })),
      );
      return (await Promise.all(held)).flat();
    },
    ({ key }) => key,
  ),
  person: createRowLoader(
    (userIds) => db.person.findMany({ where: { userId: { in: [...userIds] } } }),
    ({ userId }) => userId,
  ),
});

function apart(keys: readonly string[]) {
  const pairs = keys.map((key) => key.split(':') as [string, string]);
  return {
    eventIds: [...new Set(pairs.map(([eventId]) => eventId))],
    holderIds: [...new Set(pairs.map(([, userId]) => userId))],
  };
}
