import type { Notice } from './rules.js';

/** Somebody who is named in a message: called, or brought into the group. */
export interface Named {
  readonly messageId: string;
  readonly conversationId: string;
  readonly recipientId: string;
  readonly senderId: string;
  readonly isAdded: boolean;
}

const aboutConversation = (conversationId: string) =>
  ({ subjectType: 'CONVERSATION', subjectId: conversationId }) as const;

export const namedNotice = ({ messageId, conversationId, ...named }: Named): Notice => ({
  recipientId: named.recipientId,
  occasion: messageId,
  actorId: named.senderId,
  ...(named.isAdded
    ? { type: 'GROUP_ADDED' as const, ...aboutConversation(conversationId) }
    : { type: 'MENTIONED' as const, subjectType: 'MESSAGE' as const, subjectId: messageId }),
  objectId: conversationId,
});

/** The wish of a person to join a group. Whoever was declined and asks again is told of again. */
export interface JoinWish {
  readonly id: string;
  readonly conversationId: string;
  readonly userId: string;
  readonly askedAt: Date;
}

const occasionOf = ({ id, askedAt }: JoinWish): string => `${id}:${askedAt.toISOString()}`;

export const joinWishNotices = (wish: JoinWish, adminIds: readonly string[]): Notice[] =>
  adminIds.map((recipientId) => ({
    recipientId,
    type: 'GROUP_JOIN_REQUESTED',
    occasion: occasionOf(wish),
    actorId: wish.userId,
    ...aboutConversation(wish.conversationId),
  }));

/** Which admin it was is for the group to know. */
export const joinDecisionNotice = (wish: JoinWish, isApproved: boolean): Notice => ({
  recipientId: wish.userId,
  type: isApproved ? 'GROUP_JOIN_APPROVED' : 'GROUP_JOIN_DECLINED',
  occasion: occasionOf(wish),
  actorId: null,
  ...aboutConversation(wish.conversationId),
});
