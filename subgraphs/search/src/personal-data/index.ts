import { inPages, type Archive, type PersonalData } from '@diaspora/kit';
import type { Document, DocumentKind } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, postIds, userIds } from '../ids.js';

const idsOf = { PERSON: userIds, EVENT: eventIds, POST: postIds };

/** By what the person, their posts and their events are found. */
async function* documentsOf(db: Db, ownerKey: string) {
  for (const kind of Object.keys(idsOf) as DocumentKind[]) {
    const documents = inPages<Document>((after, take) =>
      db.document.findMany({
        where: { kind, ownerKey, ...(after && { entityKey: { gt: after.entityKey } }) },
        orderBy: { entityKey: 'asc' },
        take,
      }),
    );
    for await (const { entityKey, title, place, body, tags } of documents)
      yield { kind, id: idsOf[kind].encode(entityKey), title, place, body, tags };
  }
}

/**
 * What search keeps of a person. Posts are gone at once, in whatever order their owner tells; of events their owner
 * tells what is left.
 */
export const createSearchPersonalData = ({ db }: { readonly db: Db }): PersonalData<Transaction> => ({
  exportOf: (personId, archive: Archive) => archive.records('documents', documentsOf(db, personId)),
  erase: async (tx, personId) => {
    const people = await tx.document.deleteMany({ where: { kind: 'PERSON', entityKey: personId } });
    const posts = await tx.$executeRaw`
      UPDATE documents SET is_deleted = true, owner_key = NULL, title = '', place = '', body = '', tags = '{}',
        languages = '{}', domains = '{}', country_code = NULL, city = NULL, city_key = NULL, country_of_origin = NULL,
        starts_at = NULL, latitude = NULL, longitude = NULL
      WHERE kind = 'POST' AND owner_key = ${personId}::uuid`;
    await tx.block.deleteMany({ where: { OR: [{ blockerId: personId }, { blockedId: personId }] } });
    await tx.friendship.deleteMany({ where: { OR: [{ lowId: personId }, { highId: personId }] } });
    return { documents: people.count + posts };
  },
});
