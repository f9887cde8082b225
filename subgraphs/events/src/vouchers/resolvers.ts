import { mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { userIds, voucherIds } from '../ids.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Mutation: {
    createVoucher: mutation(async (input, { viewer, services }) => ({
      voucher: await services.vouchers.create(viewer!, input),
    })),
    updateVoucher: mutation(async (input, { viewer, services }) => ({
      voucher: await services.vouchers.update(viewer!, input),
    })),
    deleteVoucher: mutation(async ({ voucherId }, { viewer, services }) => {
      await services.vouchers.remove(viewer!, voucherId);
      return { deletedVoucherId: voucherId };
    }),
  },
  User: {
    vouchers: ({ id }, args, { services, loaders }) => {
      const organizerId = userIds.decode(id);
      return pageUnder(organizerId, parsePage(args, newestFirst), {
        first: loaders.firstVouchersOfOrganizer,
        further: (page) => services.vouchers.listForOrganizer(organizerId, page),
      });
    },
  },
  Voucher: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = voucherIds.find(id);
      return key ? loaders.voucher.load(key) : null;
    },
    id: ({ id }) => voucherIds.encode(id),
    organizer: ({ organizerId }) => ({ id: userIds.encode(organizerId) }),
    amount: ({ amountMinor, currency }) =>
      amountMinor === null || currency === null ? null : { amountMinor, currency },
    event: ({ eventId }, _args, { loaders }) => (eventId ? loaders.event.load(eventId) : null),
    packet: ({ packetId }, _args, { loaders }) => (packetId ? loaders.packet.load(packetId) : null),
    useCount: async ({ id }, _args, { loaders }) => (await loaders.usesOfVoucher.load(id))?.uses ?? 0,
  },
};
