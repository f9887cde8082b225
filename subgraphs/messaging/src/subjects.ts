import { AppError, type IdType } from '@diaspora/kit';
import type { Notification, NotificationSubject } from './__generated__/prisma/client.js';
import type { ConversationLoaders } from './conversations/index.js';
import type { MessageLoaders } from './messages/index.js';
import type { WebhookLoaders } from './webhooks/index.js';
import {
  commentIds,
  conversationIds,
  eventIds,
  invoiceIds,
  messageIds,
  officeIds,
  orderIds,
  postIds,
  seriesIds,
  subscriptionIds,
  userIds,
  webhookIds,
} from './ids.js';

/** The entities notifications point at. */
const subjects: Record<NotificationSubject, { __typename: string; ids: IdType }> = {
  POST: { __typename: 'Post', ids: postIds },
  COMMENT: { __typename: 'Comment', ids: commentIds },
  EVENT: { __typename: 'Event', ids: eventIds },
  OFFICE: { __typename: 'Office', ids: officeIds },
  USER: { __typename: 'User', ids: userIds },
  SUBSCRIPTION: { __typename: 'PlanSubscription', ids: subscriptionIds },
  CONVERSATION: { __typename: 'Conversation', ids: conversationIds },
  ORDER: { __typename: 'Order', ids: orderIds },
  MESSAGE: { __typename: 'Message', ids: messageIds },
  SERIES: { __typename: 'EventSeries', ids: seriesIds },
  INVOICE: { __typename: 'Invoice', ids: invoiceIds },
  WEBHOOK: { __typename: 'Webhook', ids: webhookIds },
};

export type Subject = Pick<Notification, 'subjectType' | 'subjectId'>;

export const referenceTo = ({ subjectType, subjectId }: Subject) => {
  const { __typename, ids } = subjects[subjectType];
  return { __typename, id: ids.encode(subjectId) };
};

/** As the viewer may see it: what is ours is looked up, what is not, its owner resolves. */
export async function resolveSubject(
  subject: Subject,
  {
    conversation,
    message,
    webhook,
  }: Pick<ConversationLoaders & MessageLoaders & WebhookLoaders, 'conversation' | 'message' | 'webhook'>,
) {
  if (subject.subjectType === 'WEBHOOK') {
    const found = await webhook.load(subject.subjectId);
    return found && { __typename: 'Webhook' as const, ...found };
  }
  if (subject.subjectType === 'MESSAGE') {
    const found = await message.load(subject.subjectId);
    return found && { __typename: 'Message' as const, ...found };
  }
  if (subject.subjectType !== 'CONVERSATION') return referenceTo(subject);
  const found = await conversation.load(subject.subjectId);
  return found && { __typename: 'Conversation' as const, ...found };
}

/** What people silence: the things that go on and on. */
const silenceable: readonly NotificationSubject[] = ['CONVERSATION', 'EVENT', 'POST'];

/** The object that a global id names. Throws INVALID_INPUT. */
export function objectOf(id: string): { objectType: NotificationSubject; objectId: string } {
  for (const objectType of silenceable) {
    const objectId = subjects[objectType].ids.find(id);
    if (objectId) return { objectType, objectId };
  }
  throw new AppError('INVALID_INPUT', 'Name a conversation, an event or a post.', { path: ['subjectId'] });
}

export const isSilenceable = (type: NotificationSubject): boolean => silenceable.includes(type);
