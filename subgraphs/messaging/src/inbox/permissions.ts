import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Everybody has conversations in places of their own: all ways to them ask by the viewer's key. */
export const permissions: PermissionMap = {
  Query: { conversations: inPerson },
  Mutation: {
    muteConversation: authenticated,
    unmuteConversation: authenticated,
    archiveConversation: authenticated,
    unarchiveConversation: authenticated,
    pinConversation: authenticated,
    unpinConversation: authenticated,
  },
  Conversation: { box: inPerson, isPinned: inPerson, mutedUntil: inPerson },
  ...carriers('ConversationConnection', 'ConversationEdge'),
  ...carriers('MuteConversationPayload', 'UnmuteConversationPayload'),
  ...carriers('ArchiveConversationPayload', 'UnarchiveConversationPayload'),
  ...carriers('PinConversationPayload', 'UnpinConversationPayload'),
};
