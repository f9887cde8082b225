import { keepLatestPair, messagesFrom, type Message } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

const blocks = { table: 'blocks', columns: ['blocker_id', 'blocked_id'] } as const;

const keep =
  (isActive: boolean) =>
  ({ data }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> =>
    keepLatestPair(tx, blocks, {
      ids: [userIds.decode(data.personId), userIds.decode(data.otherId)],
      ...{ isActive, version: data.version },
    });

/** Keeps who has blocked whom. */
export const blockHandlers = [
  users.on('user.blocked', tie, keep(true)),
  users.on('user.unblocked', tie, keep(false)),
];

/** Whether one person has blocked the other. */
export async function hasBlocked(db: Transaction, blockerId: string, blockedId: string): Promise<boolean> {
  return (await db.block.count({ where: { blockerId, blockedId, isActive: true } })) > 0;
}
