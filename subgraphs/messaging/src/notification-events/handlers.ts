import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';

const own = messagesFrom<MessagingMessages, Transaction>('messaging');

/** Notices come into inboxes in transactions of others: their own message tells when they are there. */
export const createWakingHandlers = (
  announce: (recipientId: string) => Promise<void>,
): MessageHandler<Transaction>[] => [
  own.on('notification.created', z.object({ userId: z.string() }), ({ data }) =>
    announce(userIds.decode(data.userId)),
  ),
];
