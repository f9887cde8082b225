import { anyone, authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Details reach resolvers only through the loader and the service, which keep them to their owner. */
export const permissions: PermissionMap = {
  Mutation: { updateBillingDetails: authenticated },
  User: { billingDetails: anyone },
  // Where somebody lives and gets mail is nobody else's to see, whoever looks at the rest for them.
  BillingDetails: { '*': inPerson },
  ...carriers('UpdateBillingDetailsPayload'),
};
