import { messagesFrom, type Clock } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');
const about = z.object({
  userId: z.string().transform((id) => userIds.decode(id)),
  version: z.number().int(),
});
const suspended = about.extend({ endsAt: z.coerce.date().nullable() });

/** Who is kept out is copied here: their requests are refused anyway, but not what they left to be sent later. */
export const suspensionHandlers = [
  ...users.project('user.suspended', suspended, ({ data: { userId, version, endsAt } }, tx) =>
    keep(tx, { userId, version, isActive: true, endsAt }),
  ),
  ...users.project('user.suspensionLifted', about, ({ data: { userId, version } }, tx) =>
    keep(tx, { userId, version, isActive: false, endsAt: null }),
  ),
];

interface Told {
  readonly userId: string;
  readonly version: number;
  readonly isActive: boolean;
  readonly endsAt: Date | null;
}

async function keep(tx: Transaction, { userId, version, isActive, endsAt }: Told): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO suspensions AS known (person_id, version, is_active, ends_at)
    VALUES (${userId}::uuid, ${version}, ${isActive}, ${endsAt})
    ON CONFLICT (person_id) DO UPDATE
      SET version = excluded.version, is_active = excluded.is_active, ends_at = excluded.ends_at
    WHERE excluded.version >= known.version`;
}

export async function isSuspended(tx: Transaction, clock: Clock, personId: string): Promise<boolean> {
  const known = await tx.suspension.findUnique({ where: { personId } });
  return known !== null && known.isActive && (known.endsAt === null || known.endsAt > clock.now());
}
