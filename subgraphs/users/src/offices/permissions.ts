import { anyone, authenticated, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

/** Coarse gates; the scope of an office (which country, which city) is decided by rules.ts inside the transaction. */
export const permissions: PermissionMap = {
  Query: { offices: anyone },
  Mutation: {
    appointAmbassador: hasRole('SUPER_USER'),
    appointConsul: hasRole('SUPER_USER', 'AMBASSADOR'),
    endOffice: authenticated,
  },
  User: { offices: anyone },
  ...carriers('Office', 'OfficeConnection', 'OfficeEdge', 'AppointPayload', 'EndOfficePayload'),
};
