import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { sessionIds } from '../ids.js';
import type { Devices } from './service.js';

const users = messagesFrom<UsersMessages, Transaction>('users');
const ended = z.object({ sessionId: z.string() });

export const createDeviceHandlers = ({ endSession }: Devices): MessageHandler<Transaction>[] => [
  users.on('session.revoked', ended, ({ data }, tx) => endSession(tx, sessionIds.decode(data.sessionId))),
];
