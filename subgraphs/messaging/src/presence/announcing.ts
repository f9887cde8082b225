import { addJob, defineJob, messagesFrom, tie, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

/** Has whoever looks on asked again whether they may see who is online. */
export const announcePresence = defineJob('announcePresence', z.object({ personIds: z.array(z.uuid()) }));

const ties = ['user.connected', 'user.disconnected', 'user.blocked', 'user.unblocked'] as const;

/** What two people are to each other decides what they see of each other: at once, not when it is looked for again. */
export const presenceHandlers: MessageHandler<Transaction>[] = ties.map((type) =>
  users.on(type, tie, async ({ data: { personId, otherId } }, tx) => {
    await addJob(tx, announcePresence, { personIds: [personId, otherId].map((id) => userIds.decode(id)) });
  }),
);
