import { mutation, rootValues } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { conversationIds, userIds } from '../ids.js';
import { parsePeople } from './rules.js';

const people = (ids: readonly string[]) => ids.map((id) => ({ id: userIds.encode(id) }));

export const resolvers: Resolvers = {
  Mutation: {
    setTyping: mutation(async ({ conversationId, isTyping }, { viewer, services }) => {
      const watch = { viewerId: viewer!.id, conversationId: conversationIds.decode(conversationId) };
      return { lastsMs: await services.typing.set(watch, isTyping) };
    }),
  },
  Subscription: {
    typing: {
      subscribe: async (_parent, { conversationId }, { viewer, services }) => {
        const watch = { viewerId: viewer!.id, conversationId: conversationIds.decode(conversationId) };
        return rootValues('typing', await services.typing.subscribe(watch));
      },
    },
    presence: {
      subscribe: async (_parent, { userIds: ids }, { viewer, services }) => {
        const personIds = parsePeople(ids.map((id) => userIds.decode(id)));
        return rootValues('presence', await services.online.subscribe(viewer!.id, personIds));
      },
    },
  },
  TypingPayload: { people: ({ personIds }) => people(personIds) },
  PresencePayload: { online: ({ personIds }) => people(personIds) },
};
