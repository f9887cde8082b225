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
    const [blockerId, blockedId] = [userIds.decode(data.personId), userIds.decode(data.otherId)];
    await tx.$executeRaw`
      INSERT INTO blocks AS known (blocker_id, blocked_id, is_active, version)
      VALUES (${blockerId}::uuid, ${blockedId}::uuid, ${isActive}, ${data.version})
      ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET is_active = excluded.is_active, version = excluded.version
      WHERE excluded.version > known.version`;
  };

/** Keeps who has blocked whom. */
export const blockHandlers = [
  users.on('user.blocked', tie, keep(true)),
  users.on('user.unblocked', tie, keep(false)),
];
