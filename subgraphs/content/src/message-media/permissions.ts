import { authenticated, inPerson, type PermissionMap } from '@diaspora/kit';

/** Without a grant of messaging there is nothing to see. */
export const permissions: PermissionMap = {
  Message: { '*': inPerson },
  Conversation: { '*': inPerson },
  InvitedGroup: { '*': authenticated },
};
