import { parsePage, toConnection, type ConnectionArgs } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import {
  acceptRequest,
  cancelRequest,
  changeBy,
  changeOf,
  declineRequest,
  endFriendship,
} from '../connections/index.js';
import type { Context } from '../context.js';
import { maySee } from '../profiles/index.js';
import { requestOrder, type RequestSide } from './requests.js';

async function pageOf(side: RequestSide, args: ConnectionArgs, { viewer, services }: Context) {
  const page = parsePage(args, requestOrder(side));
  const requests = toConnection(await services.friendRequests.list(side, viewer!.id, page), page);
  const shown = requests.nodes.map((tie) => ({ tie, side }));
  const edges = requests.edges.map(({ cursor }, index) => ({ cursor, node: shown[index]! }));
  return { ...requests, nodes: shown, edges };
}

export const resolvers: Resolvers = {
  Query: {
    friendRequests: (_parent, args, context) => pageOf('received', args, context),
    sentFriendRequests: (_parent, args, context) => pageOf('sent', args, context),
  },
  Mutation: {
    requestFriendship: changeBy<{ userId: string; note?: string | null }>(
      ({ friendRequests }, { personId, otherId }, { note }) =>
        friendRequests.ask(personId, otherId, { note }),
    ),
    acceptFriendRequest: changeOf(acceptRequest),
    declineFriendRequest: changeOf(declineRequest),
    cancelFriendRequest: changeOf(cancelRequest),
    endFriendship: changeOf(endFriendship),
  },
  User: {
    friends: async (profile, args, context) =>
      (await maySee(profile, 'FRIENDS', context))
        ? context.loaders.people.page('friends', profile.accountId, args)
        : null,
    friendCount: async (profile, _args, context) => {
      if (!(await maySee(profile, 'FRIENDS', context))) return null;
      return (await context.loaders.connectionCount.load(profile.accountId))?.friends ?? 0;
    },
  },
  FriendRequest: {
    user: async ({ tie, side }, _args, { loaders }) =>
      (await loaders.profile.load(side === 'received' ? tie.personId : tie.otherId))!,
    note: ({ tie }) => tie.requestNote,
    requestedAt: ({ tie }) => tie.requestedAt!,
    expiresAt: ({ tie }) => tie.requestExpiresAt!,
  },
};
