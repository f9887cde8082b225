import { AppError } from '@diaspora/kit';
import type { NotificationSubject, NotificationType } from '../__generated__/prisma/client.js';
import { commentIds, officeIds, postIds, userIds } from '../ids.js';

/** Something to tell somebody. The same occasion is told to one person once. */
export interface Notice {
  readonly recipientId: string;
  readonly type: NotificationType;
  readonly occasion: string;
  readonly subjectType: NotificationSubject;
  readonly subjectId: string;
  readonly actorId: string | null;
  /** By which people silence it, where that is not its subject. */
  readonly objectId?: string;
}

export const commentNotice = (comment: {
  readonly commentId: string;
  readonly postId: string;
  readonly postAuthorId: string;
  readonly authorId: string;
}): Notice => ({
  recipientId: userIds.decode(comment.postAuthorId),
  type: 'POST_COMMENTED',
  occasion: comment.commentId,
  subjectType: 'COMMENT',
  subjectId: commentIds.decode(comment.commentId),
  objectId: postIds.decode(comment.postId),
  actorId: userIds.decode(comment.authorId),
});

/** The post and the person make the occasion: whoever likes, unlikes and likes again is told of once. */
export const reactionNotice = (reaction: {
  readonly postId: string;
  readonly postAuthorId: string;
  readonly userId: string;
}): Notice => ({
  recipientId: userIds.decode(reaction.postAuthorId),
  type: 'POST_REACTED',
  occasion: `${reaction.postId}:${reaction.userId}`,
  subjectType: 'POST',
  subjectId: postIds.decode(reaction.postId),
  actorId: userIds.decode(reaction.userId),
});

export const officeNotice = (office: {
  readonly officeId: string;
  readonly userId: string;
  readonly appointerId: string;
}): Notice => ({
  recipientId: userIds.decode(office.userId),
  type: 'OFFICE_APPOINTED',
  occasion: office.officeId,
  subjectType: 'OFFICE',
  subjectId: officeIds.decode(office.officeId),
  actorId: userIds.decode(office.appointerId),
});

/** Who it is that looks is for the audit trail. */
export const impersonationNotice = (impersonation: {
  readonly impersonationId: string;
  readonly userId: string;
}): Notice => ({
  recipientId: userIds.decode(impersonation.userId),
  type: 'ACCOUNT_LOOKED_AT',
  occasion: impersonation.impersonationId,
  subjectType: 'USER',
  subjectId: userIds.decode(impersonation.userId),
  actorId: null,
});

export const factorResetNotice = (reset: { readonly resetId: string; readonly userId: string }): Notice => ({
  recipientId: userIds.decode(reset.userId),
  type: 'FACTOR_RESET_OPENED',
  occasion: reset.resetId,
  subjectType: 'USER',
  subjectId: userIds.decode(reset.userId),
  actorId: null,
});

/** Nobody is told what they did themselves. */
export const isWorthTelling = ({ actorId, recipientId }: Notice): boolean => actorId !== recipientId;

export interface ReadRequest {
  readonly ids?: readonly string[] | null | undefined;
  readonly all?: boolean | null | undefined;
}

const maxIds = 100;

/** What to mark: the named ids, or `all`. Throws INVALID_INPUT unless it is exactly one of the two. */
export function parseReadRequest({ ids, all }: ReadRequest): 'all' | readonly string[] {
  if ((ids != null) === (all === true)) {
    throw new AppError('INVALID_INPUT', 'Give either ids or all: true.', { path: ['ids'] });
  }
  if (ids == null) return 'all';
  if (ids.length < 1 || ids.length > maxIds) {
    throw new AppError('INVALID_INPUT', `Name 1 to ${maxIds} notifications.`, { path: ['ids'] });
  }
  return [...new Set(ids)];
}
