import { messagesFrom, type Message, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import { Prisma, type Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { ensureMembers } from '../members/index.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

const tables = {
  blocks: Prisma.sql`blocks AS known (blocker_id, blocked_id, is_active, version)`,
  mutes: Prisma.sql`mutes AS known (muter_id, muted_id, is_active, version)`,
};
const keys = { blocks: Prisma.sql`blocker_id, blocked_id`, mutes: Prisma.sql`muter_id, muted_id` };

/** The highest version of a pair wins, in whatever order they arrive. */
const keep =
  (table: keyof typeof tables, isActive: boolean) =>
  async ({ data: { version, ...ids } }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> => {
    const [personId, otherId] = [userIds.decode(ids.personId), userIds.decode(ids.otherId)];
    await ensureMembers(tx, personId, otherId);
    await tx.$executeRaw`
      INSERT INTO ${tables[table]} VALUES (${personId}::uuid, ${otherId}::uuid, ${isActive}, ${version})
      ON CONFLICT (${keys[table]}) DO UPDATE SET is_active = excluded.is_active, version = excluded.version
      WHERE excluded.version > known.version`;
  };

/** Keeps who has blocked or muted whom. */
export const blockHandlers: MessageHandler<Transaction>[] = [
  users.on('user.blocked', tie, keep('blocks', true)),
  users.on('user.unblocked', tie, keep('blocks', false)),
  users.on('user.muted', tie, keep('mutes', true)),
  users.on('user.unmuted', tie, keep('mutes', false)),
];
