import type { Resolvers } from '../__generated__/schema.js';
import { eventIds } from '../ids.js';

export const resolvers: Resolvers = {
  Event: {
    __resolveReference: ({ id }) => (eventIds.find(id) ? { id } : null),
    conversation: ({ id }, _args, { loaders }) => loaders.eventConversation.load(eventIds.decode(id)),
  },
  Conversation: {
    event: ({ conversation: { eventId } }) => (eventId === null ? null : { id: eventIds.encode(eventId) }),
  },
};
