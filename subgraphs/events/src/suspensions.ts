import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Suspension } from './__generated__/prisma/client.js';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');
const about = z.object({
  userId: z.string().transform((id) => userIds.decode(id)),
  version: z.number().int(),
});
const suspended = about.extend({ endsAt: z.coerce.date().nullable(), isFinal: z.boolean() });

/** Told in the same transaction. */
interface Hooks {
  /** A person is kept out, or no more. */
  readonly onChange: (tx: Transaction, personId: string) => Promise<unknown>;
  readonly onLifted: (tx: Transaction, personId: string) => Promise<unknown>;
  /** A person will not come back. */
  readonly onTerminated: (tx: Transaction, personId: string) => Promise<unknown>;
}

/** Keeps who is kept out: their requests are refused anyway, but not what goes on without them. */
export function createSuspensionHandlers(hooks: Hooks): MessageHandler<Transaction>[] {
  const { onChange, onLifted, onTerminated } = hooks;
  return [
    ...users.project(
      'user.suspended',
      suspended,
      async ({ data: { userId: personId, version, endsAt } }, tx) => {
        await keep(tx, { personId, version, endsAt, isActive: true });
      },
      {
        act: async ({ data: { userId: personId, isFinal } }, tx) => {
          await onChange(tx, personId);
          if (isFinal) await onTerminated(tx, personId);
        },
      },
    ),
    ...users.project(
      'user.suspensionLifted',
      about,
      async ({ data: { userId: personId, version } }, tx) => {
        await keep(tx, { personId, version, endsAt: null, isActive: false });
      },
      {
        act: async ({ data: { userId: personId } }, tx) => {
          await onChange(tx, personId);
          await onLifted(tx, personId);
        },
      },
    ),
  ];
}

const keep = (tx: Transaction, { personId, version, isActive, endsAt }: Suspension) =>
  tx.$executeRaw`
    INSERT INTO suspensions AS known (person_id, version, is_active, ends_at)
    VALUES (${personId}::uuid, ${version}, ${isActive}, ${endsAt})
    ON CONFLICT (person_id) DO UPDATE
      SET version = excluded.version, is_active = excluded.is_active, ends_at = excluded.ends_at
    WHERE excluded.version >= known.version`;

/** Suspensions that last at a moment. */
export const inForce = (now: Date) => ({ isActive: true, OR: [{ endsAt: null }, { endsAt: { gt: now } }] });

export const isSuspended = async (tx: Transaction, personId: string, now: Date): Promise<boolean> =>
  (await tx.suspension.count({ where: { personId, ...inForce(now) } })) > 0;
