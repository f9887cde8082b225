import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { ConnectionCount } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { createPeople, type People } from './people.js';
import type { Pair } from './rules.js';

export interface ConnectionLoaders {
  /** What the viewer and another person have with each other, by the other's key; null where there never was anything. */
  readonly relation: Loader<string, Pair | null>;
  readonly connectionCount: Loader<string, ConnectionCount | null>;
  readonly people: People;
}

export const createConnectionLoaders = (db: Db, viewer: Viewer | null): ConnectionLoaders => ({
  relation: createRowLoader(
    async (ids) => (viewer ? pairsOf(db, viewer.id, [...ids]) : []),
    ({ mine }) => mine.otherId,
  ),
  connectionCount: createRowLoader(
    (ids) => db.connectionCount.findMany({ where: { accountId: { in: [...ids] } } }),
    ({ accountId }) => accountId,
  ),
  people: createPeople(db, viewer),
});

async function pairsOf(db: Db, personId: string, otherIds: string[]): Promise<Pair[]> {
  const ties = await db.tie.findMany({
    where: {
      OR: [
        { personId, otherId: { in: otherIds } },
        { personId: { in: otherIds }, otherId: personId },
      ],
    },
  });
  const ofOthers = new Map(ties.map((tie) => [tie.personId, tie]));
  return ties
    .filter((tie) => tie.personId === personId)
    .map((mine) => ({ mine, theirs: ofOthers.get(mine.otherId)! }));
}
