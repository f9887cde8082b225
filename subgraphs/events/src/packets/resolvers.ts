import { mutation, pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { packetIds, userIds } from '../ids.js';
import { mostLeftTold, seesSales } from '../ticketing/index.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    packet: (_parent, { id }, { loaders }) => loaders.packet.load(packetIds.decode(id)),
  },
  Mutation: {
    createPacket: mutation(async (input, { viewer, services }) => ({
      packet: await services.packets.create(viewer!, input),
    })),
    updatePacket: mutation(async (input, { viewer, services }) => ({
      packet: await services.packets.update(viewer!, input),
    })),
    changePacketSeats: mutation(async (input, { viewer, services }) => ({
      packet: await services.packets.changeSeats(viewer!, input),
    })),
    deletePacket: mutation(async ({ packetId }, { viewer, services }) => {
      await services.packets.remove(viewer!, packetId);
      return { deletedPacketId: packetId };
    }),
    includeEvent: mutation(async (input, { viewer, services, loaders }) => {
      const packet = await services.packets.include(viewer!, input);
      loaders.inclusionsOfPacket.clear(packet.id);
      return { packet };
    }),
    excludeEvent: mutation(async (input, { viewer, services, loaders }) => {
      const packet = await services.packets.exclude(viewer!, input);
      loaders.inclusionsOfPacket.clear(packet.id);
      return { packet };
    }),
  },
  User: {
    packets: ({ id }, args, { viewer, services, loaders }) => {
      const organizerId = userIds.decode(id);
      return pageUnder(organizerId, parsePage(args, newestFirst), {
        first: loaders.firstPacketsOfOrganizer,
        further: (page) => services.packets.listForOrganizer(organizerId, viewer, page),
      });
    },
  },
  Event: {
    packets: async (event, _args, { loaders }) =>
      (await loaders.packetsOfEvent.load(event.id)).map(({ packet }) => packet),
  },
  Packet: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = packetIds.find(id);
      return key ? loaders.packet.load(key) : null;
    },
    id: ({ id }) => packetIds.encode(id),
    organizer: ({ organizerId }) => ({ id: userIds.encode(organizerId) }),
    price: ({ priceMinor, currency }) => ({ amountMinor: priceMinor, currency }),
    fee: ({ feeMinor, currency }) => ({ amountMinor: feeMinor, currency }),
    inclusions: ({ id }, _args, { loaders }) => loaders.inclusionsOfPacket.load(id),
    soldCount: (packet, _args, { viewer }) => (seesSales(viewer, packet) ? packet.soldCount : null),
    leftCount: async (packet, _args, { viewer, loaders }) => {
      const { id, seats, soldCount } = packet;
      const left = seats - soldCount - ((await loaders.heldOfPacket.load(id))?.held ?? 0);
      return Math.max(0, seesSales(viewer, packet) ? left : Math.min(left, mostLeftTold));
    },
    isOnSale: async (packet, _args, { services, loaders }) =>
      services.packets.isOnSale(packet) && (await loaders.suspension.load(packet.organizerId)) === null,
    refundPolicy: ({ refundUntilHours, refundPercent }) =>
      refundUntilHours === null ? null : { untilHoursBefore: refundUntilHours, percent: refundPercent },
  },
  Inclusion: {
    event: ({ eventId }, _args, { loaders }) => loaders.event.load(eventId),
  },
};
