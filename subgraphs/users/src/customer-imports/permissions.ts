import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whoever began an import sees it; whether they may is decided in service.ts, and again before anything is added. */
export const permissions: PermissionMap = {
  Query: { customerImport: authenticated },
  Mutation: {
    requestCustomerUpload: authenticated,
    importCustomers: authenticated,
    cancelCustomerImport: authenticated,
  },
  ...carriers('CustomerImport', 'CustomerImportFault', 'CustomerImportFaultConnection'),
  ...carriers('CustomerImportFaultEdge', 'CustomerImportPayload', 'RequestCustomerUploadPayload'),
  ...carriers('CustomerUpload', 'CustomerUploadField'),
};
