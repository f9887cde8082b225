import { messagesFrom, type Message } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

/** The highest version of a pair wins, in whatever order they arrive. */
const keep =
  (isActive: boolean) =>
  async ({ data }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> => {
    const [lowId, highId] = [userIds.decode(data.personId), userIds.decode(data.otherId)].sort();
    await tx.$executeRaw`
      INSERT INTO friendships AS known (low_id, high_id, is_active, version)
      VALUES (${lowId}::uuid, ${highId}::uuid, ${isActive}, ${data.version})
      ON CONFLICT (low_id, high_id) DO UPDATE SET is_active = excluded.is_active, version = excluded.version
      WHERE excluded.version > known.version`;
  };

/** Keeps who are friends. */
export const friendshipHandlers = [
  users.on('user.connected', tie, keep(true)),
  users.on('user.disconnected', tie, keep(false)),
];
