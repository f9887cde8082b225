import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whoever began an export sees it; which customers it reaches is decided anew with each page of it. */
export const permissions: PermissionMap = {
  Query: { customerExport: authenticated },
  Mutation: { exportCustomers: authenticated, cancelCustomerExport: authenticated },
  ...carriers('CustomerExport', 'CustomerExportPayload'),
};
