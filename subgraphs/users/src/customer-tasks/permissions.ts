import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whoever is shown a customer is shown its tasks; who may change them is decided in service.ts. */
export const permissions: PermissionMap = {
  Query: { customerTasks: authenticated },
  Mutation: Object.fromEntries(
    [
      ...['addCustomerTask', 'updateCustomerTask', 'completeCustomerTask', 'reopenCustomerTask'],
      'removeCustomerTask',
    ].map((field) => [field, authenticated]),
  ),
  Customer: { tasks: authenticated },
  ...carriers('CustomerTask', 'CustomerTaskConnection', 'CustomerTaskEdge'),
  ...carriers('CustomerTaskPayload', 'RemoveCustomerTaskPayload'),
};
