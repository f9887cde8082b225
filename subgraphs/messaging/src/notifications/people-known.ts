import { keepTies, messagesFrom, tie, type Message, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { followNotice } from './people-rules.js';
import type { Telling } from './telling.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const profile = z.object({
  userId: z.string().transform((id) => userIds.decode(id)),
  version: z.number().int(),
  displayName: z.string(),
  languages: z.array(z.string()),
});
const keepFollow = keepTies({ table: 'follows', columns: ['follower_id', 'followed_id'] }, userIds);

type Tie = Message<z.output<typeof tie>>;

/** What notices say of people, and who follows whom, as users last told: the highest version is what holds. */
export function createKnownPeopleHandlers({ tell, withdraw }: Telling): MessageHandler<Transaction>[] {
  const noticeOf = ({ data }: Tie) => {
    const { recipientId, type, occasion } = followNotice(data);
    return { recipientId, type, occasion };
  };

  return [
    ...users.project('user.profileChanged', profile, async ({ data }, tx) => {
      const { userId, displayName, languages, version } = data;
      await tx.$executeRaw`
        INSERT INTO known_people AS known (id, display_name, languages, version)
        VALUES (${userId}::uuid, ${displayName}, ${languages}::text[], ${version})
        ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, languages = excluded.languages,
          version = excluded.version WHERE excluded.version >= known.version`;
    }),
    ...users.project('user.followed', tie, keepFollow(true), {
      act: async (message, tx) => {
        await tell(tx, followNotice(message.data));
        // Told before and taken back since: it shows again, and is not told anew.
        await tx.notification.updateMany({ where: noticeOf(message), data: { withdrawnAt: null } });
      },
    }),
    ...users.project('user.unfollowed', tie, keepFollow(false), {
      act: (message, tx) => withdraw(tx, noticeOf(message)),
    }),
  ];
}
