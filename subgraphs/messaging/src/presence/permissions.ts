import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Who may see what of whom is asked by the service, for each event. */
export const permissions: PermissionMap = {
  Mutation: { setTyping: authenticated },
  Subscription: { typing: inPerson, presence: inPerson },
  ...carriers('TypingPayload', 'PresencePayload', 'SetTypingPayload'),
};
