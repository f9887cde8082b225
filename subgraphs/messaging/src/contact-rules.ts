import { keepTies, messagesFrom, tie, type Message, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const audience = z.enum(['EVERYONE', 'CONNECTIONS', 'NOBODY']);
const profile = z.object({
  userId: z.string(),
  version: z.number().int(),
  contactableBy: audience.default('EVERYONE'),
});

async function keepRule({ data }: Message<z.output<typeof profile>>, tx: Transaction): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO contact_rules AS known (person_id, contactable_by, version)
    VALUES (${userIds.decode(data.userId)}::uuid, ${data.contactableBy}::contact_audience, ${data.version})
    ON CONFLICT (person_id) DO UPDATE SET contactable_by = excluded.contactable_by, version = excluded.version
    WHERE excluded.version >= known.version`;
}

const keepFriendship = keepTies(
  { table: 'friendships', columns: ['low_id', 'high_id'], goBothWays: true },
  userIds,
);

interface Dependencies {
  /** Told in the same transaction. */
  readonly onConnected: (tx: Transaction, data: z.output<typeof tie>) => Promise<void>;
}

/** Keeps whom people let write to them. */
export const createContactRuleHandlers = ({ onConnected }: Dependencies): MessageHandler<Transaction>[] => [
  ...users.project('user.profileChanged', profile, keepRule),
  ...users.project('user.connected', tie, keepFriendship(true), {
    act: ({ data }, tx) => onConnected(tx, data),
  }),
  ...users.project('user.disconnected', tie, keepFriendship(false)),
];

/** What one person is to another who would begin to talk to them, or bring them into a group. */
export type Contact =
  /** Is written to at once. */
  | 'ACQUAINTED'
  /** Has to accept first. */
  | 'STRANGER'
  /** Takes nothing new from the other. */
  | 'CLOSED';

interface Known {
  readonly id: string;
  readonly audience: z.output<typeof audience>;
  readonly areFriends: boolean;
  readonly haveTalked: boolean;
}

/**
 * People by what they are to `personId`. Left out are those who are not there: nobody by that id, erased, or separated by
 * a block, either way. They have talked when the other has a direct conversation with `personId` in the own lists.
 */
export async function contactsOf(
  tx: Transaction,
  personId: string,
  otherIds: readonly string[],
): Promise<ReadonlyMap<string, Contact>> {
  const known = await tx.$queryRaw<Known[]>`
    SELECT m.id, coalesce(r.contactable_by, 'EVERYONE') AS audience,
      EXISTS (SELECT FROM friendships f WHERE f.is_active AND f.low_id = least(m.id, ${personId}::uuid)
        AND f.high_id = greatest(m.id, ${personId}::uuid)) AS "areFriends",
      EXISTS (SELECT FROM conversations c JOIN participants p ON p.conversation_id = c.id AND p.user_id = m.id
        WHERE c.pair_key = least(m.id, ${personId}::uuid) || ':' || greatest(m.id, ${personId}::uuid)
          AND p.box IN ('INBOX', 'ARCHIVED')) AS "haveTalked"
    FROM members m LEFT JOIN contact_rules r ON r.person_id = m.id
    WHERE m.id = ANY(${[...otherIds]}::uuid[]) AND m.erased_at IS NULL AND NOT EXISTS (
      SELECT FROM blocks b WHERE b.is_active
        AND (b.blocker_id, b.blocked_id) IN ((m.id, ${personId}::uuid), (${personId}::uuid, m.id)))`;
  return new Map(known.map((other) => [other.id, contactOf(other)]));
}

function contactOf({ audience, areFriends, haveTalked }: Known): Contact {
  if (audience === 'NOBODY') return 'CLOSED';
  if (areFriends) return 'ACQUAINTED';
  if (audience === 'CONNECTIONS') return 'CLOSED';
  return haveTalked ? 'ACQUAINTED' : 'STRANGER';
}
