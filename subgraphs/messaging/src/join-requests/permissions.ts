import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Admins see who asks to join; whoever asks sees the own wish in the answer. */
export const permissions: PermissionMap = {
  Mutation: { decideJoinRequest: authenticated },
  Conversation: { joinRequests: inPerson },
  ...carriers('JoinRequest', 'JoinRequestConnection', 'JoinRequestEdge', 'DecideJoinRequestPayload'),
};
