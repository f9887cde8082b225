import {
  keepLatestPair,
  messagesFrom,
  type Message,
  type MessageHandler,
  type PairTable,
} from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { ensureMembers } from '../members/index.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

const blocks = { table: 'blocks', columns: ['blocker_id', 'blocked_id'] } as const;
const mutes = { table: 'mutes', columns: ['muter_id', 'muted_id'] } as const;

const keep =
  (pairs: PairTable, isActive: boolean) =>
  async ({ data: { version, ...told } }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> => {
    const ids = [userIds.decode(told.personId), userIds.decode(told.otherId)] as const;
    await ensureMembers(tx, ...ids);
    await keepLatestPair(tx, pairs, { ids, isActive, version });
  };

/** Keeps who has blocked or muted whom. */
export const blockHandlers: MessageHandler<Transaction>[] = [
  users.on('user.blocked', tie, keep(blocks, true)),
  users.on('user.unblocked', tie, keep(blocks, false)),
  users.on('user.muted', tie, keep(mutes, true)),
  users.on('user.unmuted', tie, keep(mutes, false)),
];
