import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Whoever is shown a customer is shown its history; who may add to it is decided in service.ts. */
export const permissions: PermissionMap = {
  Mutation: { logCustomerActivity: authenticated },
  Customer: { activities: authenticated },
  ...carriers('CustomerActivity', 'CustomerActivityConnection', 'CustomerActivityEdge'),
  ...carriers('LogCustomerActivityPayload'),
};
