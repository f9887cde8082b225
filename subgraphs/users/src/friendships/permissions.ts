import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

const changes = ['requestFriendship', 'acceptFriendRequest', 'declineFriendRequest'];
const ends = ['cancelFriendRequest', 'endFriendship'];
const payloadOf = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`;

/** To whom the friends of a person are shown is for that person to say; requests are between two. */
export const permissions: PermissionMap = {
  Query: { friendRequests: inPerson, sentFriendRequests: inPerson },
  Mutation: Object.fromEntries([...changes, ...ends].map((name) => [name, authenticated])),
  User: { friends: authenticated, friendCount: authenticated },
  ...carriers('FriendRequest', 'FriendRequestConnection', 'FriendRequestEdge'),
  ...carriers(...[...changes, ...ends].map(payloadOf)),
};
