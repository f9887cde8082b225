import { messagesFrom } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

/** Who exists is copied here, so that nobody asks users while a conversation is opened. */
export const memberHandlers = [
  ...users.project(
    'user.registered',
    z.object({ userId: z.string(), registeredAt: z.coerce.date() }),
    async ({ data }, tx) => {
      const member = { id: userIds.decode(data.userId), registeredAt: data.registeredAt };
      await tx.member.createMany({ data: [member], skipDuplicates: true });
    },
  ),
];
