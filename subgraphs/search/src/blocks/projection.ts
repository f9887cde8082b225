import { keepTies, messagesFrom, tie } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const keep = keepTies({ table: 'blocks', columns: ['blocker_id', 'blocked_id'] }, userIds);

/** Keeps who has blocked whom. */
export const blockHandlers = [
  ...users.project('user.blocked', tie, keep(true)),
  ...users.project('user.unblocked', tie, keep(false)),
];
