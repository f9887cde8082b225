import { messagesFrom, tie, type Message, type MessageHandler } from '@diaspora/kit';
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
type Tie = Message<z.output<typeof tie>>;

/** What notices say of people, and who follows whom, as users last told: the highest version is what holds. */
export function createKnownPeopleHandlers({ tell, withdraw }: Telling): MessageHandler<Transaction>[] {
  const keepFollow = async ({ data }: Tie, tx: Transaction, isActive: boolean): Promise<void> => {
    const [followerId, followedId] = [userIds.decode(data.personId), userIds.decode(data.otherId)];
    await tx.$executeRaw`
      INSERT INTO follows AS known (follower_id, followed_id, is_active, version)
      VALUES (${followerId}::uuid, ${followedId}::uuid, ${isActive}, ${data.version})
      ON CONFLICT (follower_id, followed_id) DO UPDATE
        SET is_active = excluded.is_active, version = excluded.version
        WHERE excluded.version > known.version`;
  };
  const noticeOf = ({ data }: Tie) => {
    const { recipientId, type, occasion } = followNotice(data);
    return { recipientId, type, occasion };
  };

  return [
    users.on('user.profileChanged', profile, async ({ data }, tx) => {
      const { userId, displayName, languages, version } = data;
      await tx.$executeRaw`
        INSERT INTO known_people AS known (id, display_name, languages, version)
        VALUES (${userId}::uuid, ${displayName}, ${languages}::text[], ${version})
        ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, languages = excluded.languages,
          version = excluded.version WHERE excluded.version > known.version`;
    }),
    users.on('user.followed', tie, async (message, tx) => {
      await keepFollow(message, tx, true);
      await tell(tx, followNotice(message.data));
      // Told before and taken back since: it shows again, and is not told anew.
      await tx.notification.updateMany({ where: noticeOf(message), data: { withdrawnAt: null } });
    }),
    users.on('user.unfollowed', tie, async (message, tx) => {
      await keepFollow(message, tx, false);
      await withdraw(tx, noticeOf(message));
    }),
  ];
}
