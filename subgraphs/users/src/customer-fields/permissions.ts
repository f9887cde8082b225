import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Members see which fields there are; who may change them is decided in service.ts. */
export const permissions: PermissionMap = {
  Mutation: {
    createCustomerField: authenticated,
    updateCustomerField: authenticated,
    removeCustomerField: authenticated,
  },
  Organization: { customerFields: authenticated },
  ...carriers('CustomerField', 'CustomerFieldPayload', 'RemoveCustomerFieldPayload'),
};
