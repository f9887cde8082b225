import type { OutgoingMessage } from '@diaspora/kit';
import type { Tie } from '../__generated__/prisma/client.js';
import { userIds } from '../ids.js';
import type { TieMessageType, UsersMessages } from '../messages.js';
import { isRequestShown, type Pair } from './rules.js';

/** What a change entails follows from the pair as it was and as it is, whoever did what. */
export interface Transition {
  readonly before: Pair;
  readonly after: Pair;
  readonly now: Date;
}

export interface Counts {
  readonly friends: number;
  readonly followers: number;
  readonly following: number;
}

/** By how much the counts of each of the two change. */
export function countsOf({ before, after }: Transition): { mine: Counts; theirs: Counts } {
  const friends = gain(before.mine.friendsSince, after.mine.friendsSince);
  const mine = gain(before.mine.followingSince, after.mine.followingSince);
  const theirs = gain(before.theirs.followingSince, after.theirs.followingSince);
  return {
    mine: { friends, following: mine, followers: theirs },
    theirs: { friends, following: theirs, followers: mine },
  };
}

const gain = (before: Date | null, after: Date | null): number =>
  Number(after !== null) - Number(before !== null);

type TieMessage = OutgoingMessage<UsersMessages, TieMessageType>;

/** In the version of the pair; the key is the pair, so that it arrives in order. */
export function tieMessage<Type extends TieMessageType>(
  type: Type,
  { personId, otherId, version }: Tie,
  at: Date,
): { type: Type } & Pick<TieMessage, 'key' | 'data'> {
  const [person, other] = [userIds.encode(personId), userIds.encode(otherId)];
  const data = { personId: person, otherId: other, version, at: at.toISOString() };
  return { type, key: [person, other].sort().join(':'), data };
}

/** What the others are told. */
export function messagesOf({ before, after, now }: Transition): TieMessage[] {
  const tell = (type: TieMessageType, tie: Tie) => tieMessage(type, tie, now);
  const turn = (was: Date | null, is: Date | null, tie: Tie, begun: TieMessageType, ended: TieMessageType) =>
    gain(was, is) === 0 ? [] : [tell(is ? begun : ended, tie)];
  const sides = [
    [before.mine, after.mine],
    [before.theirs, after.theirs],
  ] as const;
  return [
    ...sides.flatMap(([was, is]) => [
      ...turn(was.followingSince, is.followingSince, is, 'user.followed', 'user.unfollowed'),
      ...turn(was.blockedSince, is.blockedSince, is, 'user.blocked', 'user.unblocked'),
      ...turn(was.mutedSince, is.mutedSince, is, 'user.muted', 'user.unmuted'),
      ...(!isRequestShown(was, now) && isRequestShown(is, now) ? [tell('user.friendRequested', is)] : []),
    ]),
    ...turn(
      before.mine.friendsSince,
      after.mine.friendsSince,
      after.mine,
      'user.connected',
      'user.disconnected',
    ),
  ];
}
