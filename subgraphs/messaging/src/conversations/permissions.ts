import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** A `Conversation` exists for its participants only: every way to one asks by the viewer's own key. */
export const permissions: PermissionMap = {
  Query: { conversations: inPerson, conversation: inPerson },
  Mutation: { openDirectConversation: authenticated },
  ...carriers('User', 'ConversationConnection', 'ConversationEdge'),
  ...carriers('OpenDirectConversationPayload'),
  Conversation: Object.fromEntries(
    [
      'id',
      'kind',
      'participants',
      'viewerRole',
      'leftAt',
      'createdAt',
      'lastMessageAt',
      'lastSequence',
      'readUpToSequence',
      'unreadCount',
    ].map((field) => [field, inPerson]),
  ),
};
