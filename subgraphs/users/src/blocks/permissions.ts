import { authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = {
  Query: { blockedUsers: inPerson, mutedUsers: inPerson },
  Mutation: {
    blockUser: authenticated,
    unblockUser: authenticated,
    muteUser: authenticated,
    unmuteUser: authenticated,
  },
  ...carriers('BlockUserPayload', 'UnblockUserPayload', 'MuteUserPayload', 'UnmuteUserPayload'),
};
