import { carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** What a payer's bank asks is nobody else's to answer. */
export const permissions: PermissionMap = {
  Order: { nextAction: inPerson },
  PlanSubscription: { nextAction: inPerson },
  ...carriers('PaymentAction'),
};
