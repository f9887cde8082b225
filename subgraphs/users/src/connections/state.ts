import type { Clock, StateMessage, StateOf } from '@diaspora/kit';
import type { Tie } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import type { UsersMessages } from '../messages.js';
import { tieMessage } from './consequences.js';
import type { Pair } from './rules.js';

const lowest = '00000000-0000-0000-0000-000000000000';

/** Pairs of people who are there, by `<lower id>:<higher id>`. */
export const tieState = (clock: Clock): StateOf<UsersMessages, Transaction> => ({
  types: [
    ...(['user.followed', 'user.unfollowed', 'user.blocked', 'user.unblocked'] as const),
    ...(['user.muted', 'user.unmuted', 'user.connected', 'user.disconnected'] as const),
  ],
  count: async (db) => (await db.tie.count()) / 2,
  keysAfter: async (db, after, limit) => {
    const [low, high] = after?.split(':') ?? [lowest, lowest];
    const rows = await db.$queryRaw<{ key: string }[]>`
      SELECT person_id || ':' || other_id AS key FROM ties
      WHERE (person_id, other_id) > (${low}::uuid, ${high}::uuid) AND person_id < other_id
      ORDER BY person_id, other_id LIMIT ${limit}::int`;
    return rows.map(({ key }) => key);
  },
  tell: async (tx, key) => {
    const [low, high] = key.split(':') as [string, string];
    // Whoever changes a pair locks this row first.
    await tx.$executeRaw`
      SELECT 1 FROM ties WHERE person_id = ${low}::uuid AND other_id = ${high}::uuid FOR NO KEY UPDATE`;
    const isThere = { erasedAt: null };
    const ties = await tx.tie.findMany({
      where: { personId: { in: [low, high] }, otherId: { in: [low, high] }, person: isThere, other: isThere },
    });
    const [mine, theirs] = [low, high].map((id) => ties.find(({ personId }) => personId === id));
    return mine && theirs ? stateOf({ mine, theirs }, clock.now()) : [];
  },
});

/** Times of what has ended are those of now: nobody kept them. */
export function stateOf(pair: Pair, now: Date): StateMessage<UsersMessages>[] {
  const { mine, theirs } = pair;
  const isEndKept = mine.version > fewestChanges(pair);
  const turn = <Begun extends TieState, Ended extends TieState>(
    since: Date | null,
    tie: Tie,
    begun: Begun,
    ended: Ended,
  ) => (since ? [tieMessage(begun, tie, since)] : isEndKept ? [tieMessage(ended, tie, now)] : []);
  return [
    ...[mine, theirs].flatMap((tie) => [
      ...turn(tie.followingSince, tie, 'user.followed', 'user.unfollowed'),
      ...turn(tie.blockedSince, tie, 'user.blocked', 'user.unblocked'),
      ...turn(tie.mutedSince, tie, 'user.muted', 'user.unmuted'),
    ]),
    ...turn(mine.friendsSince, mine, 'user.connected', 'user.disconnected'),
  ];
}

type TieState = Extract<StateMessage<UsersMessages>['type'], Parameters<typeof tieMessage>[0]>;

/**
 * How many changes what holds took, each of which raised the version: a friendship two, anything else one. Of a pair that had
 * no more nothing has ended, and nothing need be said of what does not hold.
 */
const fewestChanges = ({ mine, theirs }: Pair): number =>
  [mine, theirs].flatMap((tie) => [tie.followingSince, tie.blockedSince, tie.mutedSince]).filter(Boolean)
    .length + (mine.friendsSince ? 2 : 0);
