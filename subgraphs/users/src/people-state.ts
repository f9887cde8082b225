import type { Clock, StateMessage, StateOf } from '@diaspora/kit';
import type { Prisma } from './__generated__/prisma/client.js';
import { lockAccount } from './accounts/index.js';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';
import type { UsersMessages } from './messages.js';
import { profileChanged } from './profiles/index.js';

const isThere = { emailVerifiedAt: { not: null }, erasedAt: null } satisfies Prisma.AccountWhereInput;

type Person = Prisma.AccountGetPayload<{
  include: { profile: true; suspensions: { select: { id: true } } };
}>;

/** People who are there: who they are, whether they are kept out, and what they may do. */
export const peopleState = (clock: Clock): StateOf<UsersMessages, Transaction> => ({
  types: [
    ...(['user.registered', 'user.profileChanged', 'user.suspended', 'user.suspensionLifted'] as const),
    ...(['superUser.changed', 'user.eventOwnerChanged'] as const),
  ],
  count: (db) => db.account.count({ where: isThere }),
  keysAfter: async (db, after, take) => {
    const where = { ...isThere, ...(after && { id: { gt: after } }) };
    const people = await db.account.findMany({ where, orderBy: { id: 'asc' }, take, select: { id: true } });
    return people.map(({ id }) => id);
  },
  tell: async (tx, id) => {
    // A change of the profile alone does not lock the account: of profiles the highest version is what holds.
    await lockAccount(tx, id);
    const person = await tx.account.findUnique({
      where: { id, ...isThere },
      include: { profile: true, suspensions: { select: { id: true }, take: 1 } },
    });
    return person ? messagesOf(person, clock.now()) : [];
  },
});

/** Times of what nobody kept are those of now. */
function messagesOf(person: Person, now: Date): StateMessage<UsersMessages>[] {
  const { id, profile, emailVerifiedAt, suspensions } = person;
  if (!profile || !emailVerifiedAt) return [];
  const key = userIds.encode(id);
  const registered = { userId: key, registeredAt: emailVerifiedAt.toISOString() };
  return [
    { type: 'user.registered', key, data: registered },
    profileChanged(profile),
    ...(suspensions.length > 0 ? [suspensionMessage(person, profile.version, now)] : []),
    ...rightsMessages(person, now),
  ];
}

function suspensionMessage(
  { id, suspendedAt, suspendedUntil, terminatedAt }: Person,
  version: number,
  now: Date,
): StateMessage<UsersMessages> {
  const key = userIds.encode(id);
  const told = { userId: key, version, at: (suspendedAt ?? now).toISOString() };
  if (!suspendedAt) return { type: 'user.suspensionLifted', key, data: told };
  const endsAt = suspendedUntil?.toISOString() ?? null;
  return { type: 'user.suspended', key, data: { ...told, endsAt, isFinal: terminatedAt !== null } };
}

/** Whoever's rights ever changed has an epoch that was raised: of all others there is nothing to take back. */
function rightsMessages(person: Person, now: Date): StateMessage<UsersMessages>[] {
  const { id, isSuperUser, eventOwnerSince, sessionEpoch } = person;
  const isEventOwner = eventOwnerSince !== null;
  if (sessionEpoch === 0 && !isSuperUser && !isEventOwner) return [];
  const key = userIds.encode(id);
  const about = { userId: key, changedAt: now.toISOString() };
  const owner = { ...about, isEventOwner, changedAt: (eventOwnerSince ?? now).toISOString() };
  return [
    { type: 'superUser.changed', key, data: { ...about, isSuperUser } },
    { type: 'user.eventOwnerChanged', key, data: owner },
  ];
}
