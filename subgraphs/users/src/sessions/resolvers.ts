import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { sessionIds } from '../ids.js';
import { answerSignIn, readCompletion } from './answers.js';
import { deviceName } from '../device-name.js';

const byLastUse: SortKey[] = [
  { field: 'lastUsedAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    sessions: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, byLastUse);
      return toConnection(await services.sessions.list(viewer!, page), page);
    },
  },
  Session: {
    id: (session) => sessionIds.encode(session.id),
    device: ({ userAgent }) => deviceName(userAgent),
    isCurrent: ({ id }, _args, { viewer }) => id === viewer!.sessionId,
  },
  Mutation: {
    login: mutation(async (input, { services, origin }) =>
      answerSignIn(await services.sessions.login(input, origin)),
    ),
    completeSignIn: mutation((input, { services, origin }) =>
      services.sessions.completeSignIn(readCompletion(input), origin),
    ),
    requestEmailCode: mutation(async (input, { services, origin }) => {
      await services.sessions.requestEmailCode(input, origin);
      return { isAccepted: true };
    }),
    loginWithEmailCode: mutation(async (input, { services, origin }) =>
      answerSignIn(await services.sessions.loginWithEmailCode(input, origin)),
    ),
    refreshSession: mutation(async (input, { services, origin }) => ({
      tokens: await services.sessions.refresh(input, origin),
    })),
    logout: async (_parent, _args, { viewer, services }) => {
      await services.sessions.logout(viewer!);
      return { isSignedOut: true, userErrors: [] };
    },
    revokeSession: mutation(async ({ sessionId }, { viewer, services }) => {
      await services.sessions.revoke(viewer!, sessionIds.decode(sessionId));
      return { isRevoked: true };
    }),
    logoutEverywhere: mutation(async ({ keepsCurrent }, { viewer, services }) => {
      await services.sessions.logoutEverywhere(viewer!, { keepsCurrent: keepsCurrent ?? false });
      return { isSignedOut: true };
    }),
  },
};
