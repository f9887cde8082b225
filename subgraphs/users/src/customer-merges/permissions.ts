import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** The two customers of a merge are shown to whoever may read them; who may merge is decided in service.ts. */
export const permissions: PermissionMap = {
  Mutation: { mergeCustomers: authenticated, undoCustomerMerge: authenticated },
  Customer: { merges: authenticated },
  ...carriers('CustomerMerge', 'CustomerMergePayload'),
};
