import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** A `Message` exists for participants of its conversation only. */
export const permissions: PermissionMap = {
  Mutation: { sendMessage: authenticated },
  Conversation: { messages: authenticated },
  Message: { '*': authenticated },
  ...carriers('MessageConnection', 'MessageEdge', 'SendMessagePayload'),
};
