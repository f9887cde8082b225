import { AppError, type Clock, type Outbox } from '@diaspora/kit';
import type { ConnectionCount } from '../__generated__/prisma/client.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import type { UsersMessages } from '../messages.js';
import { countsOf, messagesOf, type Transition } from './consequences.js';
import { noSuchPerson, viewOf, type Change, type Pair } from './rules.js';

export type Connections = ReturnType<typeof createConnections>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
}

export function createConnections({ db, clock, outbox }: Dependencies) {
  /**
   * Changes what two people have with each other, with all that follows from it, in one transaction under the lock of
   * the pair: what is done at once from both sides is done one after the other.
   */
  async function change(personId: string, otherId: string, decide: Change): Promise<void> {
    if (personId === otherId)
      throw new AppError('INVALID_INPUT', 'Choose somebody else.', { path: ['userId'] });
    await db.$transaction(async (tx) => {
      const before = await lockPair(tx, personId, otherId);
      const now = clock.now();
      const decided = decide(before, now);
      if (decided === before) return forgetEmpty(tx, before);
      const after = raised(decided);
      await keep(tx, after);
      await count(tx, { before, after, now });
      for (const message of messagesOf({ before, after, now })) await outbox.publish(tx, message);
    });
  }

  return { change, viewOf: (pair: Pair | null) => viewOf(pair, clock.now()) };
}

/** Both ties, made when there are none, in one order for both sides. Throws NOT_FOUND when the other is not there. */
async function lockPair(tx: Transaction, personId: string, otherId: string): Promise<Pair> {
  const isThere = { accountId: otherId, account: { emailVerifiedAt: { not: null } } };
  if ((await tx.profile.count({ where: isThere })) === 0) throw noSuchPerson();
  const [low, high] = [personId, otherId].sort();
  await tx.$executeRaw`
    INSERT INTO ties (person_id, other_id) VALUES (${low}::uuid, ${high}::uuid), (${high}::uuid, ${low}::uuid)
    ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`
    SELECT 1 FROM ties WHERE (person_id, other_id) IN ((${low}::uuid, ${high}::uuid), (${high}::uuid, ${low}::uuid))
    ORDER BY person_id FOR UPDATE`;
  const ties = await tx.tie.findMany({
    where: { personId: { in: [personId, otherId] }, otherId: { in: [personId, otherId] } },
  });
  const tieOf = (id: string) => ties.find((tie) => tie.personId === id)!;
  return { mine: tieOf(personId), theirs: tieOf(otherId) };
}

/** What was looked at in vain leaves nothing behind. */
async function forgetEmpty(tx: Transaction, { mine, theirs }: Pair): Promise<void> {
  if (mine.version > 0) return;
  const ids = [mine.personId, theirs.personId];
  await tx.tie.deleteMany({ where: { personId: { in: ids }, otherId: { in: ids } } });
}

const raised = ({ mine, theirs }: Pair): Pair => ({
  mine: { ...mine, version: mine.version + 1 },
  theirs: { ...theirs, version: theirs.version + 1 },
});

async function keep(tx: Transaction, { mine, theirs }: Pair): Promise<void> {
  for (const { personId, otherId, ...data } of [mine, theirs])
    await tx.tie.update({ where: { personId_otherId: { personId, otherId } }, data });
}

/** In one order, so that two changes with one person in common do not wait for each other. */
async function count(tx: Transaction, transition: Transition): Promise<void> {
  const { mine, theirs } = countsOf(transition);
  const gains = [
    { accountId: transition.after.mine.personId, ...mine },
    { accountId: transition.after.theirs.personId, ...theirs },
  ]
    .filter(({ friends, followers, following }) => friends !== 0 || followers !== 0 || following !== 0)
    .sort((one, other) => (one.accountId < other.accountId ? -1 : 1));
  if (gains.length === 0) return;
  const rows = gains.map(
    ({ accountId, friends, followers, following }: ConnectionCount) =>
      Prisma.sql`(${accountId}::uuid, ${friends}::int, ${followers}::int, ${following}::int)`,
  );
  await tx.$executeRaw`
    INSERT INTO connection_counts AS c (account_id, friends, followers, following) VALUES ${Prisma.join(rows)}
    ON CONFLICT (account_id) DO UPDATE SET friends = c.friends + excluded.friends,
      followers = c.followers + excluded.followers, following = c.following + excluded.following`;
}
