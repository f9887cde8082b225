import {
  keepTies,
  messagesFrom,
  tie,
  type Message,
  type MessageHandler,
  type PairTable,
} from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import type { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { ensureMembers } from '../members/index.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const blocks = { table: 'blocks', columns: ['blocker_id', 'blocked_id'] } as const;
const mutes = { table: 'mutes', columns: ['muter_id', 'muted_id'] } as const;

const keep =
  (pairs: PairTable, isActive: boolean) =>
  async (message: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> => {
    await ensureMembers(tx, userIds.decode(message.data.personId), userIds.decode(message.data.otherId));
    await keepTies(pairs, userIds)(isActive)(message, tx);
  };

/** Keeps who has blocked or muted whom. */
export const blockHandlers: MessageHandler<Transaction>[] = [
  ...users.project('user.blocked', tie, keep(blocks, true)),
  ...users.project('user.unblocked', tie, keep(blocks, false)),
  ...users.project('user.muted', tie, keep(mutes, true)),
  ...users.project('user.unmuted', tie, keep(mutes, false)),
];
