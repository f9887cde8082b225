import { keepTies, messagesFrom, tie } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const keep = keepTies({ table: 'blocks', columns: ['blocker_id', 'blocked_id'] }, userIds);

/** Keeps who has blocked whom. */
export const blockHandlers = [
  ...users.project('user.blocked', tie, keep(true)),
  ...users.project('user.unblocked', tie, keep(false)),
];

/** Whether a block separates the two, either way. */
export async function isBlocked(tx: Transaction, one: string, other: string): Promise<boolean> {
  const either = [
    { blockerId: one, blockedId: other },
    { blockerId: other, blockedId: one },
  ];
  return (await tx.block.count({ where: { isActive: true, OR: either } })) > 0;
}

/** Of pairs of people, those whom a block separates, as `<one> <other>`. */
export async function blockedPairs(
  tx: Transaction,
  pairs: readonly (readonly [one: string, other: string])[],
): Promise<ReadonlySet<string>> {
  if (pairs.length === 0) return new Set();
  const [ones, others] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
  const rows = await tx.$queryRaw<{ pair: string }[]>`
    SELECT DISTINCT one || ' ' || other AS pair FROM unnest(${ones}::uuid[], ${others}::uuid[]) AS asked (one, other)
    JOIN blocks ON is_active AND ((blocker_id = one AND blocked_id = other) OR (blocker_id = other AND blocked_id = one))`;
  return new Set(rows.map(({ pair }) => pair));
}
