import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { orderIds, refundIds, userIds } from '../ids.js';
import { failureOf } from '../payment-failure.js';
import { isSuperUser } from './loaders.js';
import { adviceFor, sharesOf } from './rules.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    purchaseTimeline: (_parent, { orderId }, { viewer, services }) =>
      services.timeline.of(viewer, orderIds.decode(orderId)),
    platformFee: (_parent, _args, { services }) => services.platformFees.current(),
    failedOrderRefunds: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.failedRefunds.list(viewer!, page), page);
    },
  },
  Mutation: {
    payOrder: mutation(async (input, { viewer, services }) => ({
      order: await services.paying.pay(viewer!.id, input),
    })),
    retryOrderRefund: mutation(async ({ refundId }, { viewer, services }) => ({
      refund: await services.failedRefunds.retry(viewer!, refundIds.decode(refundId)),
    })),
    setPlatformFee: mutation(async (input, { viewer, services }) => ({
      platformFee: await services.platformFees.set(viewer!.id, input),
    })),
  },
  User: {
    orders: async ({ id }, args, { viewer, services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.orders.listOf(viewer, userIds.decode(id), page), page);
    },
  },
  Order: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = orderIds.find(id);
      return key === null ? null : loaders.order.load(key);
    },
    id: ({ id }) => orderIds.encode(id),
    total: ({ totalMinor, currency }) => ({ amountMinor: totalMinor, currency }),
    refunded: ({ refundedMinor, currency }) => ({ amountMinor: refundedMinor, currency }),
    lines: async ({ id, currency }, _args, { loaders }) =>
      (await loaders.orderLines.load(id)).map((line) => ({ ...line, currency })),
    paymentFailure: ({ paymentFailure }) => failureOf(paymentFailure),
    buyer: ({ buyerId }) => ({ id: userIds.encode(buyerId) }),
    seller: ({ sellerId }) => ({ id: userIds.encode(sellerId) }),
    platformFee: (order, _args, { viewer }) =>
      isSuperUser(viewer) ? { amountMinor: sharesOf(order).platformMinor, currency: order.currency } : null,
    viewerCan: (order, _args, { viewer, services }) => {
      const reason = services.paying.refusal(viewer?.id, order);
      return { pay: { allowed: reason === null, reason } };
    },
  },
  OrderLine: {
    unitAmount: ({ unitAmountMinor, currency }) => ({ amountMinor: unitAmountMinor, currency }),
    amount: ({ amountMinor, currency }) => ({ amountMinor, currency }),
  },
  OrderRefund: {
    id: ({ id }) => refundIds.encode(id),
    orderId: ({ orderId }) => orderIds.encode(orderId),
    amount: ({ amountMinor, currency }) => ({ amountMinor, currency }),
    advice: ({ status, failure }) => (status === 'FAILED_FINALLY' ? adviceFor(failure) : null),
  },
  PurchaseTimelineEntry: {
    amount: ({ amountMinor, currency }) => (amountMinor === null ? null : { amountMinor, currency }),
  },
  LedgerPosting: {
    account: ({ account }) => account.type,
    amount: ({ amountMinor, account }) => ({ amountMinor, currency: account.currency }),
  },
};
