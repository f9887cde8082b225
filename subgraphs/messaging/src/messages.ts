import { defineMessages, mailRequests } from '@diaspora/kit';
import { z } from 'zod';

/**
 * What messaging seals for content: which files a viewer may see with a message (`mediaGrant`) or of a group
 * (`pictureGrant`). Keys; `until` in milliseconds.
 */
export type MediaGrantPurpose = 'media of messages';
export interface MediaGrant {
  readonly mediaIds: readonly string[];
  /** Only files of theirs count: nobody shows what somebody else uploaded. */
  readonly ownerId: string;
  readonly viewerId: string;
  readonly until: number;
}

/** What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. */
export const messages = defineMessages('messaging', {
  ...mailRequests,
  /** Keyed by the conversation. */
  'conversation.created': {
    version: 1,
    schema: z.object({
      conversationId: z.string(),
      kind: z.enum(['DIRECT', 'GROUP', 'EVENT']),
      participantIds: z.array(z.string()),
      createdAt: z.iso.datetime(),
    }),
  },
  /** Keyed by the conversation; sequences of one conversation arrive without gaps, 1 first. The text stays here. */
  'message.sent': {
    version: 1,
    schema: z.object({
      messageId: z.string(),
      conversationId: z.string(),
      senderId: z.string(),
      sequence: z.number().int(),
      sentAt: z.iso.datetime(),
      /** A line of the system tells what somebody did to the conversation. */
      kind: z.enum(['TEXT', 'SYSTEM']),
    }),
  },
  /** Somebody's inbox has a new entry. Keyed by the recipient. */
  'notification.created': {
    version: 1,
    schema: z.object({
      notificationId: z.string(),
      userId: z.string(),
      type: z.string(),
      createdAt: z.iso.datetime(),
    }),
  },
  /** A notification did not reach a person by a channel and is not tried again. Keyed by the recipient. */
  'delivery.failed': {
    version: 1,
    schema: z.object({
      deliveryId: z.string(),
      userId: z.string(),
      channel: z.enum(['PUSH', 'EMAIL', 'SLACK']),
      reason: z.string(),
      failedAt: z.iso.datetime(),
    }),
  },
  /** Partners are told nothing there any more, until somebody turns it on again. Keyed by the webhook. */
  'webhook.disabled': {
    version: 1,
    schema: z.object({
      webhookId: z.string(),
      /** Nothing was taken for days, or the other side said that it is gone. */
      reason: z.enum(['FAILING', 'GONE']),
      disabledAt: z.iso.datetime(),
    }),
  },
});

export type MessagingMessages = typeof messages;
