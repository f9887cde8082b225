import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { ContentMessages } from '@diaspora/content/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { postIds } from '../ids.js';
import {
  commentNotice,
  factorResetNotice,
  impersonationNotice,
  officeNotice,
  reactionNotice,
} from './rules.js';
import type { Telling } from './telling.js';

const content = messagesFrom<ContentMessages, Transaction>('content');
const users = messagesFrom<UsersMessages, Transaction>('users');

const id = z.string();
const comment = z.object({ commentId: id, postId: id, postAuthorId: id, authorId: id });
const removed = z.object({ postId: id });
const reaction = z.object({ postId: id, postAuthorId: id, userId: id });
const office = z.object({ officeId: id, userId: id, appointerId: id });
const impersonation = z.object({ impersonationId: id, userId: id });
const factorReset = z.object({ resetId: id, userId: id });

/** What others report becomes notifications of the people concerned. */
export const createNotificationHandlers = ({ tell, withdraw }: Telling): MessageHandler<Transaction>[] => [
  content.on('comment.added', comment, ({ data }, tx) => tell(tx, commentNotice(data))),
  content.on('reaction.added', reaction, ({ data }, tx) => tell(tx, reactionNotice(data))),
  content.on('post.removed', removed, ({ data }, tx) =>
    withdraw(tx, { objectId: postIds.decode(data.postId) }),
  ),
  users.on('office.appointed', office, ({ data }, tx) => tell(tx, officeNotice(data))),
  users.on('impersonation.started', impersonation, ({ data }, tx) => tell(tx, impersonationNotice(data))),
  users.on('factorReset.opened', factorReset, ({ data }, tx) => tell(tx, factorResetNotice(data))),
];
