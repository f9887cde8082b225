import { idType, type IdType } from '@diaspora/kit';

export const conversationIds = idType('cnv');
export const messageIds = idType('msg');
export const notificationIds = idType('ntf');

/** Entities of others; only their keys are kept here. */
export const userIds = idType('usr');
export const officeIds = idType('ofc');
export const postIds = idType('pst');
export const commentIds = idType('cmt');
export const eventIds = idType('evt');
export const subscriptionIds = idType('sub');

/** For references: a malformed or foreign id refers to nothing. */
export function keyOrNull(type: IdType, id: string): string | null {
  try {
    return type.decode(id);
  } catch {
    return null;
  }
}
