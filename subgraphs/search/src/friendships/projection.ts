import { keepTies, messagesFrom, tie } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const keep = keepTies({ table: 'friendships', columns: ['low_id', 'high_id'], goBothWays: true }, userIds);

/** Keeps who are friends. */
export const friendshipHandlers = [
  ...users.project('user.connected', tie, keep(true)),
  ...users.project('user.disconnected', tie, keep(false)),
];
