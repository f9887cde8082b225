import { anyone, authenticated, carriers, hasRole, inPerson, type PermissionMap } from '@diaspora/kit';

/** Orders reach resolvers only through loaders and services that keep them to buyers and super users. */
export const permissions: PermissionMap = {
  Query: { purchaseTimeline: authenticated, platformFee: anyone, failedOrderRefunds: authenticated },
  Mutation: {
    payOrder: authenticated,
    retryOrderRefund: authenticated,
    setPlatformFee: hasRole('SUPER_USER'),
  },
  User: { orders: authenticated },
  // How somebody's card fares is nobody else's to see, whoever looks at the rest for them.
  Order: { paymentFailure: inPerson, '*': authenticated },
  ...carriers('OrderLine', 'OrderViewerCan', 'OrderPermission', 'OrderConnection', 'OrderEdge'),
  ...carriers('PurchaseTimelineEntry', 'LedgerPosting', 'PlatformFee'),
  ...carriers('OrderRefund', 'OrderRefundConnection', 'OrderRefundEdge', 'RetryOrderRefundPayload'),
  ...carriers('PayOrderPayload', 'SetPlatformFeePayload'),
};
