import { anyone, authenticated, carriers, inPerson, type PermissionMap } from '@diaspora/kit';

/** Methods reach resolvers only through loaders and services that keep them to their owner. */
export const permissions: PermissionMap = {
  Mutation: {
    addPaymentMethod: authenticated,
    confirmPaymentMethod: authenticated,
    setDefaultPaymentMethod: authenticated,
    removePaymentMethod: authenticated,
  },
  User: { paymentMethods: anyone },
  // What somebody's bank asks is nobody else's to answer, whoever looks at the rest for them.
  PaymentMethod: { nextAction: inPerson, '*': authenticated },
  ...carriers(
    'PaymentMethodConnection',
    'PaymentMethodEdge',
    'AddPaymentMethodPayload',
    'ConfirmPaymentMethodPayload',
    'SetDefaultPaymentMethodPayload',
    'RemovePaymentMethodPayload',
  ),
};
