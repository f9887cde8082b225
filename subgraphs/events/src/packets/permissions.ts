import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Who decides over a packet is decided by the service; who sees it by visibility.ts, inside the query. */
export const permissions: PermissionMap = {
  Query: { packet: anyone },
  Mutation: {
    createPacket: authenticated,
    updatePacket: authenticated,
    changePacketSeats: authenticated,
    deletePacket: authenticated,
    includeEvent: authenticated,
    excludeEvent: authenticated,
  },
  User: { packets: anyone },
  Event: { packets: anyone },
  ...carriers('Packet', 'Inclusion', 'PacketConnection', 'PacketEdge'),
  ...carriers(
    'CreatePacketPayload',
    'UpdatePacketPayload',
    'ChangePacketSeatsPayload',
    'DeletePacketPayload',
  ),
  ...carriers('IncludeEventPayload', 'ExcludeEventPayload'),
};
