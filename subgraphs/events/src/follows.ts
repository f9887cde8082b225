import { keepTies, messagesFrom, tie } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const keep = keepTies({ table: 'follows', columns: ['follower_id', 'followed_id'] }, userIds);

/** Keeps who follows whom. */
export const followHandlers = [
  ...users.project('user.followed', tie, keep(true)),
  ...users.project('user.unfollowed', tie, keep(false)),
];
