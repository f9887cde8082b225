import { AppError, dayMs, type Viewer } from '@diaspora/kit';
import type { Tie } from '../__generated__/prisma/client.js';

/** What two people have with each other, from one's side: of their two ties, one's own and the other's. */
export interface Pair {
  readonly mine: Tie;
  readonly theirs: Tie;
}

/** What one does about another: the pair as it is then, the same object when nothing changes. Throws when it may not be. */
export type Change = (pair: Pair, now: Date) => Pair;

/** How long a request for friendship waits. */
export const requestLifetimeMs = 30 * dayMs;

export const isBlocked = ({ mine, theirs }: Pair): boolean =>
  mine.blockedSince !== null || theirs.blockedSince !== null;

/** Whether the tie's person waits for an answer, as that person sees it: a decline is not told. */
export const isRequested = (tie: Tie, now: Date): boolean =>
  tie.requestExpiresAt !== null && tie.requestExpiresAt > now;

/** Whether the request is there to be answered, as the other sees it. */
export const isRequestShown = (tie: Tie, now: Date): boolean =>
  isRequested(tie, now) && (tie.declinedUntil === null || tie.declinedUntil <= now);

/** Whoever looks after the platform sees what was shared, blocks or not. */
export const isModerator = (viewer: Pick<Viewer, 'roles'>): boolean => viewer.roles.includes('SUPER_USER');

const noRequest = { requestedAt: null, requestNote: null, requestExpiresAt: null };

const having = (pair: Pair, mine: Partial<Tie>, theirs: Partial<Tie> = {}): Pair => ({
  mine: { ...pair.mine, ...mine },
  theirs: { ...pair.theirs, ...theirs },
});

/** The same as for a person who is not there: nobody is told of a block. */
export const noSuchPerson = () => new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });

const noSuchRequest = () =>
  new AppError('NOT_FOUND', 'There is no request of this person.', { path: ['userId'] });

function assertNotBlocked(pair: Pair): void {
  if (isBlocked(pair)) throw noSuchPerson();
}

export const follow: Change = (pair, now) => {
  assertNotBlocked(pair);
  return pair.mine.followingSince ? pair : having(pair, { followingSince: now });
};

export const unfollow: Change = (pair) =>
  pair.mine.followingSince ? having(pair, { followingSince: null }) : pair;

const befriend = (pair: Pair, now: Date): Pair => {
  const friends = { ...noRequest, friendsSince: now, declinedUntil: null };
  return having(pair, friends, friends);
};

/** Two requests that cross make a friendship, one that was declined included. */
export const requestFriendship =
  (requestNote: string | null): Change =>
  (pair, now) => {
    assertNotBlocked(pair);
    if (pair.mine.friendsSince || isRequested(pair.mine, now)) return pair;
    if (isRequested(pair.theirs, now)) return befriend(pair, now);
    const requestExpiresAt = new Date(now.getTime() + requestLifetimeMs);
    return having(pair, { requestedAt: now, requestNote, requestExpiresAt });
  };

export const acceptRequest: Change = (pair, now) => {
  if (pair.mine.friendsSince) return pair;
  if (!isRequested(pair.theirs, now)) throw noSuchRequest();
  return befriend(pair, now);
};

/** Whoever asked is not told, and asks in vain until the request would have expired. */
export const declineRequest: Change = (pair, now) => {
  if (!isRequested(pair.theirs, now)) throw noSuchRequest();
  return isRequestShown(pair.theirs, now)
    ? having(pair, {}, { declinedUntil: pair.theirs.requestExpiresAt })
    : pair;
};

export const cancelRequest: Change = (pair) => {
  if (pair.mine.friendsSince)
    throw new AppError('CONFLICT', 'You are friends already.', { path: ['userId'] });
  return pair.mine.requestedAt ? having(pair, noRequest) : pair;
};

export const endFriendship: Change = (pair) =>
  pair.mine.friendsSince ? having(pair, { friendsSince: null }, { friendsSince: null }) : pair;

/** Ends all that the two had; to unblock brings nothing of it back. */
export const block: Change = (pair, now) => {
  if (pair.mine.blockedSince) return pair;
  const severed = { ...noRequest, followingSince: null, friendsSince: null };
  return having(pair, { ...severed, blockedSince: now }, severed);
};

export const unblock: Change = (pair) =>
  pair.mine.blockedSince ? having(pair, { blockedSince: null }) : pair;

/** To mute is one's own affair, also with somebody who is blocked. */
export const mute: Change = (pair, now) => (pair.mine.mutedSince ? pair : having(pair, { mutedSince: now }));

export const unmute: Change = (pair) => (pair.mine.mutedSince ? having(pair, { mutedSince: null }) : pair);

/** What one sees of what the two have with each other. */
export interface ConnectionView {
  readonly isFollowing: boolean;
  readonly isFollowedBy: boolean;
  readonly friendship: 'NONE' | 'REQUEST_SENT' | 'REQUEST_RECEIVED' | 'FRIENDS';
  readonly friendsSince: Date | null;
  readonly isMuted: boolean;
  readonly hasBlocked: boolean;
}

export const viewOf = (pair: Pair | null, now: Date): ConnectionView => ({
  isFollowing: pair?.mine.followingSince != null,
  isFollowedBy: pair?.theirs.followingSince != null,
  friendship: friendshipOf(pair, now),
  friendsSince: pair?.mine.friendsSince ?? null,
  isMuted: pair?.mine.mutedSince != null,
  hasBlocked: pair?.mine.blockedSince != null,
});

function friendshipOf(pair: Pair | null, now: Date): ConnectionView['friendship'] {
  if (!pair) return 'NONE';
  if (pair.mine.friendsSince) return 'FRIENDS';
  if (isRequested(pair.mine, now)) return 'REQUEST_SENT';
  return isRequestShown(pair.theirs, now) ? 'REQUEST_RECEIVED' : 'NONE';
}
