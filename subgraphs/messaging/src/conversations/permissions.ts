import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** A `Conversation` exists for its participants only: every way to one asks by the viewer's own key. */
export const permissions: PermissionMap = {
  Query: { conversation: inPerson },
  Mutation: { openDirectConversation: authenticated },
  ...carriers('User', 'OpenDirectConversationPayload'),
  Conversation: Object.fromEntries(
    [
      'id',
      'kind',
      'participants',
      'name',
      'memberCount',
      'closedAt',
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
