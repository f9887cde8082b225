import { keepLatestPair, messagesFrom, type Message } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

const friendships = { table: 'friendships', columns: ['low_id', 'high_id'] } as const;

const keep =
  (isActive: boolean) =>
  ({ data }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> =>
    keepLatestPair(tx, friendships, {
      ids: [userIds.decode(data.personId), userIds.decode(data.otherId)].sort() as [string, string],
      ...{ isActive, version: data.version },
    });

/** Keeps who are friends. */
export const friendshipHandlers = [
  users.on('user.connected', tie, keep(true)),
  users.on('user.disconnected', tie, keep(false)),
];
