import { mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { orderIds, purchaseIds, refundIds, userIds } from '../ids.js';
import { isSuperUser } from '../ticketing/index.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    purchase: (_parent, { id }, { loaders }) => loaders.purchase.load(purchaseIds.decode(id)),
  },
  Mutation: {
    purchaseTickets: mutation(async (input, { viewer, services, loaders }) => {
      const purchase = await services.purchases.purchase(viewer!, input);
      loaders.freePlaces.clearAll();
      loaders.event.clearAll();
      return { purchase };
    }),
    refreshPurchase: mutation(async ({ purchaseId }, { viewer, services }) => ({
      purchase: await services.purchases.refresh(viewer!, purchaseId),
    })),
    cancelPurchase: mutation(async ({ purchaseId }, { viewer, services }) => ({
      purchase: await services.purchases.cancel(viewer!, purchaseId),
    })),
    refundTickets: mutation(async (input, { viewer, services, loaders }) => {
      const purchase = await services.refunds.refund(viewer!, input);
      loaders.ticketsOfPurchase.clear(purchase.id);
      loaders.refundsOfPurchase.clear(purchase.id);
      return { purchase };
    }),
    deleteTicket: mutation(async (input, { viewer, services }) => ({
      ticket: await services.refunds.remove(viewer!, input),
    })),
  },
  User: {
    purchases: ({ id }, args, { services, loaders }) => {
      const buyerId = userIds.decode(id);
      return pageUnder(buyerId, parsePage(args, newestFirst), {
        first: loaders.firstPurchasesOfBuyer,
        further: (page) => services.purchases.listForBuyer(buyerId, page),
      });
    },
  },
  Purchase: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = purchaseIds.find(id);
      return key ? loaders.purchase.load(key) : null;
    },
    id: ({ id }) => purchaseIds.encode(id),
    buyer: ({ buyerId }) => ({ id: userIds.encode(buyerId) }),
    seller: ({ organizerId }) => ({ id: userIds.encode(organizerId) }),
    total: ({ totalMinor, currency }) => ({ amountMinor: totalMinor, currency }),
    lines: async ({ id, currency }, _args, { loaders }) =>
      (await loaders.linesOfPurchase.load(id)).map((line) => ({ ...line, currency })),
    tickets: ({ id }, _args, { loaders }) => loaders.ticketsOfPurchase.load(id),
    refunds: async ({ id, currency }, _args, { loaders }) =>
      (await loaders.refundsOfPurchase.load(id)).map((refund) => ({ ...refund, currency })),
    voucherCode: async ({ voucherId }, _args, { loaders }) =>
      voucherId ? ((await loaders.voucherCode.load(voucherId))?.code ?? null) : null,
    // Payments shows it to them alone, and not before it has it.
    order: ({ id, buyerId, orderOpenedAt }, _args, { viewer }) =>
      orderOpenedAt !== null && (viewer?.id === buyerId || isSuperUser(viewer))
        ? { id: orderIds.encode(id) }
        : null,
    paymentFailure: ({ paymentFailureReason: reason, paymentFailedAt: failedAt }) =>
      reason === null || failedAt === null ? null : { reason, failedAt },
    dispute: ({ disputeStatus: status, disputedAt }) =>
      status === null || disputedAt === null ? null : { status, disputedAt },
  },
  PurchaseLine: {
    ticketType: ({ ticketTypeId }, _args, { loaders }) =>
      ticketTypeId ? loaders.ticketType.load(ticketTypeId) : null,
    packet: ({ packetId }, _args, { loaders }) => (packetId ? loaders.packet.load(packetId) : null),
    unitPrice: ({ unitPriceMinor, currency }) => ({ amountMinor: unitPriceMinor, currency }),
    unitFee: ({ unitFeeMinor, currency }) => ({ amountMinor: unitFeeMinor, currency }),
    discount: ({ discountMinor, currency }) => ({ amountMinor: discountMinor, currency }),
    refundPolicy: ({ refundUntilHours, refundPercent }) =>
      refundUntilHours === null ? null : { untilHoursBefore: refundUntilHours, percent: refundPercent },
  },
  PurchaseRefund: {
    id: ({ id }) => refundIds.encode(id),
    amount: ({ amountMinor, currency }) => ({ amountMinor, currency }),
  },
};
