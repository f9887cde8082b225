import { keepLatestPair, messagesFrom, type Message, type MessageHandler } from '@diaspora/kit';
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
const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

const inOrder = (one: string, other: string) => {
  const [lowId, highId] = [one, other].sort();
  return { lowId: lowId!, highId: highId! };
};

async function keepRule({ data }: Message<z.output<typeof profile>>, tx: Transaction): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO contact_rules AS known (person_id, contactable_by, version)
    VALUES (${userIds.decode(data.userId)}::uuid, ${data.contactableBy}::contact_audience, ${data.version})
    ON CONFLICT (person_id) DO UPDATE SET contactable_by = excluded.contactable_by, version = excluded.version
    WHERE excluded.version > known.version`;
}

const friendships = { table: 'friendships', columns: ['low_id', 'high_id'] } as const;

const keepFriendship =
  (isActive: boolean) =>
  ({ data }: Message<z.output<typeof tie>>, tx: Transaction): Promise<void> => {
    const { lowId, highId } = inOrder(userIds.decode(data.personId), userIds.decode(data.otherId));
    return keepLatestPair(tx, friendships, { ids: [lowId, highId], isActive, version: data.version });
  };

interface Dependencies {
  /** Told in the same transaction. */
  readonly onConnected: (tx: Transaction, data: z.output<typeof tie>) => Promise<void>;
}

/** Keeps whom people let write to them. */
export const createContactRuleHandlers = ({ onConnected }: Dependencies): MessageHandler<Transaction>[] => [
  users.on('user.profileChanged', profile, keepRule),
  users.on('user.connected', tie, async (message, tx) => {
    await keepFriendship(true)(message, tx);
    await onConnected(tx, message.data);
  }),
  users.on('user.disconnected', tie, keepFriendship(false)),
];

/** Whether a person lets another begin a conversation. */
export async function acceptsContact(tx: Transaction, personId: string, openerId: string): Promise<boolean> {
  const rule = await tx.contactRule.findUnique({ where: { personId } });
  if (!rule || rule.contactableBy === 'EVERYONE') return true;
  if (rule.contactableBy === 'NOBODY') return false;
  return (await tx.friendship.count({ where: { ...inOrder(personId, openerId), isActive: true } })) > 0;
}
