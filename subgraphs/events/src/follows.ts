import { keepLatestPair, messagesFrom, type Message } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

const follows = { table: 'follows', columns: ['follower_id', 'followed_id'] } as const;

const keep =
  (isActive: boolean) =>
  ({ data }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> =>
    keepLatestPair(tx, follows, {
      ids: [userIds.decode(data.personId), userIds.decode(data.otherId)],
      ...{ isActive, version: data.version },
    });

/** Keeps who follows whom. */
export const followHandlers = [
  users.on('user.followed', tie, keep(true)),
  users.on('user.unfollowed', tie, keep(false)),
];
