import { AppError, idType, type IdType } from '@diaspora/kit';

export const postIds = idType('pst');
export const commentIds = idType('cmt');
export const mediaIds = idType('med');

/** Owned by the users subgraph. */
export const userIds = idType('usr');
/** Owned by the events subgraph. */
export const eventIds = idType('evt');

/** The key behind the id of a reference, or null for the id of nothing: a reference to nothing is null, not an error. */
export function referencedKey(type: IdType, id: string): string | null {
  try {
    return type.decode(id);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
