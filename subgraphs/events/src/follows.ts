import { messagesFrom, type Message } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

/** The highest version of a pair wins, in whatever order they arrive. */
const keep =
  (isActive: boolean) =>
  async ({ data }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> => {
    const [followerId, followedId] = [userIds.decode(data.personId), userIds.decode(data.otherId)];
    await tx.$executeRaw`
      INSERT INTO follows AS known (follower_id, followed_id, is_active, version)
      VALUES (${followerId}::uuid, ${followedId}::uuid, ${isActive}, ${data.version})
      ON CONFLICT (follower_id, followed_id) DO UPDATE
        SET is_active = excluded.is_active, version = excluded.version
        WHERE excluded.version > known.version`;
  };

/** Keeps who follows whom. */
export const followHandlers = [
  users.on('user.followed', tie, keep(true)),
  users.on('user.unfollowed', tie, keep(false)),
];
