import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Conversation: { members: inPerson },
  ...carriers('ConversationMember', 'ConversationMemberConnection', 'ConversationMemberEdge'),
};
