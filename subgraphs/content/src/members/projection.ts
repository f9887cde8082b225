import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { mediaIds, userIds } from '../ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

interface Dependencies {
  /** Told in the same transaction when a person's origin is another than before. */
  readonly onOriginKnown: (tx: Transaction, userId: string, countryOfOrigin: string) => Promise<void>;
}

/** Keeps what feeds need to know of people. The highest version of a profile wins, in whatever order they arrive. */
export const createMemberHandlers = ({ onOriginKnown }: Dependencies): MessageHandler<Transaction>[] => [
  ...users.project(
    'user.profileChanged',
    z.object({
      userId: z.string(),
      version: z.number().int(),
      countryOfOrigin: z.string(),
      languages: z.array(z.string()),
      avatarId: z.string().nullish(),
    }),
    async ({ data: { version, countryOfOrigin, languages, ...data } }, tx) => {
      const userId = userIds.decode(data.userId);
      await lockMember(tx, userId);
      const { count } = await tx.member.updateMany({
        where: { userId, version: { lte: version } },
        data: {
          version,
          countryOfOrigin,
          languages,
          avatarId: data.avatarId ? mediaIds.decode(data.avatarId) : null,
        },
      });
      if (count > 0) await onOriginKnown(tx, userId, countryOfOrigin);
    },
  ),
];

/**
 * The person's row, locked until the transaction ends; made when users have not told of the person yet. A post copies
 * the origin under this lock, so that a change of origin either comes before the copy or finds the post to correct.
 */
export async function lockMember(
  tx: Transaction,
  userId: string,
): Promise<{ countryOfOrigin: string | null }> {
  await ensureMembers(tx, userId);
  await tx.$executeRaw`SELECT 1 FROM members WHERE user_id = ${userId}::uuid FOR NO KEY UPDATE`;
  return tx.member.findUniqueOrThrow({ where: { userId } });
}

/** Rows for these people, should users not have told of them yet. */
export async function ensureMembers(tx: Transaction, ...userIds: string[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO members (user_id) SELECT unnest(${[...userIds].sort()}::uuid[]) ON CONFLICT DO NOTHING`;
}
