import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Which customers a viewer reaches is decided in listing.ts and access.ts, inside the queries; so is who may change them. */
export const permissions: PermissionMap = {
  Query: { customer: authenticated, customers: authenticated, removedCustomers: authenticated },
  Mutation: Object.fromEntries(
    ['createCustomer', 'updateCustomer', 'removeCustomer', 'restoreCustomer', 'eraseCustomer'].map(
      (field) => [field, authenticated],
    ),
  ),
  Customer: Object.fromEntries(
    [
      ...['id', 'kind', 'status', 'name', 'email', 'phone', 'website', 'address', 'owner', 'tags'],
      ...['customFields', 'department', 'organization', 'version', 'createdAt', 'createdBy', 'updatedAt'],
      ...['removedAt', 'mergedInto'],
    ].map((field) => [field, authenticated]),
  ),
  ...carriers('CustomerAddress', 'CustomerFieldValue', 'CustomerConnection', 'CustomerEdge'),
  ...carriers('CustomerPayload', 'EraseCustomerPayload'),
};
