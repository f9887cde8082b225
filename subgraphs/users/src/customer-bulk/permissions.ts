import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whoever began a change sees it; which customers it reaches is decided anew with each step of it. */
export const permissions: PermissionMap = {
  Query: { customerBulkChange: authenticated },
  Mutation: {
    changeCustomers: authenticated,
    removeCustomers: authenticated,
    cancelCustomerBulkChange: authenticated,
  },
  ...carriers('CustomerBulkChange', 'CustomerBulkChangePayload'),
};
