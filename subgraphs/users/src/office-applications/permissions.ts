import { authenticated, carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const appointers = hasRole('SUPER_USER', 'AMBASSADOR');

/** Coarse gates; who decides about which application is decided in its transaction. */
export const permissions: PermissionMap = {
  Query: { officeApplications: appointers, viewerOfficeApplications: authenticated },
  Mutation: {
    applyForOffice: authenticated,
    withdrawApplication: authenticated,
    approveApplication: appointers,
    declineApplication: appointers,
  },
  ...carriers('OfficeApplication', 'OfficeApplicationConnection', 'OfficeApplicationEdge'),
  ...carriers('OfficeApplicationPayload'),
};
