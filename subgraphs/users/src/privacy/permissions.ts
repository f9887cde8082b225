import { anyone, carriers, hasRole, inPerson, type PermissionMap } from '@diaspora/kit';

/** What is somebody's own is read by themselves only, and by nobody who impersonates them. */
export const permissions: PermissionMap = {
  Query: {
    dataExport: inPerson,
    dataExports: inPerson,
    erasure: inPerson,
    erasureStatus: inPerson,
    erasures: hasRole('SUPER_USER'),
  },
  Mutation: {
    requestDataExport: inPerson,
    cancelDataExport: inPerson,
    requestErasure: inPerson,
    cancelErasure: inPerson,
  },
  User: { isErased: anyone },
  ...carriers(
    'DataExport',
    'DataExportPayload',
    'Erasure',
    'ErasurePayload',
    'ErasureConnection',
    'ErasureEdge',
  ),
  ...carriers('PersonalDataPart', 'PersonalDataCount'),
};
