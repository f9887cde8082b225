import { idType, type IdType } from '@diaspora/kit';
import type { DocumentKind } from './__generated__/prisma/client.js';

export const eventIds = idType('evt');
export const userIds = idType('usr');
export const postIds = idType('pst');

/** How the entities that can be found are named outside. */
export const idsOfKind: Readonly<Record<DocumentKind, IdType>> = {
  EVENT: eventIds,
  PERSON: userIds,
  POST: postIds,
};
