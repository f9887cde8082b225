import { authenticated, carriers, personOr, type PermissionMap } from '@diaspora/kit';
import { selfOrService } from '../viewers.js';

/** Which purchases a viewer reaches by id is decided by loaders.ts, inside the query. */
export const permissions: PermissionMap = {
  Query: { purchase: personOr('tickets:read') },
  Mutation: {
    purchaseTickets: authenticated,
    refreshPurchase: authenticated,
    cancelPurchase: authenticated,
    refundTickets: authenticated,
    deleteTicket: authenticated,
  },
  User: { purchases: selfOrService },
  ...carriers('Purchase', 'PurchaseLine', 'PurchaseRefund', 'PurchasePaymentFailure', 'PurchaseDispute'),
  ...carriers('PurchaseConnection', 'PurchaseEdge', 'Order'),
  ...carriers('PurchaseTicketsPayload', 'RefreshPurchasePayload', 'CancelPurchasePayload'),
  ...carriers('RefundTicketsPayload', 'DeleteTicketPayload', 'PriceChangedError'),
};
