import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** A `Message` exists for participants of its conversation only. */
export const permissions: PermissionMap = {
  Mutation: { sendMessage: authenticated },
  Conversation: { messages: inPerson },
  Message: { '*': inPerson },
  ...carriers('MessageConnection', 'MessageEdge', 'SystemLine', 'SendMessagePayload'),
};
