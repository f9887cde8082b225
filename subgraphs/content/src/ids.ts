import { idType } from '@diaspora/kit';

export const postIds = idType('pst');
export const commentIds = idType('cmt');
export const mediaIds = idType('med');

/** Owned by the users subgraph. */
export const userIds = idType('usr');
/** Owned by the events subgraph. */
export const eventIds = idType('evt');
