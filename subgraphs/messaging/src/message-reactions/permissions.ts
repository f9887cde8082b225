import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Reactions are reached through a message that the viewer sees. */
export const permissions: PermissionMap = {
  Mutation: { addMessageReaction: authenticated, removeMessageReaction: authenticated },
  ...carriers('ReactionCount', 'MessageReaction', 'MessageReactionConnection', 'MessageReactionEdge'),
  ...carriers('ReactionsChanged', 'AddMessageReactionPayload', 'RemoveMessageReactionPayload'),
};
