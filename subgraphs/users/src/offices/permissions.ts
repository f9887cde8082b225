import { anyone, authenticated, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const appointers = hasRole('SUPER_USER', 'AMBASSADOR');

/** Coarse gates; the scope of an office (which country, which city) is decided by rules.ts inside the transaction. */
export const permissions: PermissionMap = {
  Query: { offices: anyone, officesToConfirm: appointers },
  Mutation: {
    appointAmbassador: hasRole('SUPER_USER'),
    appointConsul: appointers,
    endOffice: authenticated,
    extendOffice: appointers,
    confirmOffice: appointers,
  },
  User: { offices: anyone },
  ...carriers('Office', 'OfficeConnection', 'OfficeEdge'),
  ...carriers('AppointPayload', 'EndOfficePayload', 'ExtendOfficePayload', 'ConfirmOfficePayload'),
};
