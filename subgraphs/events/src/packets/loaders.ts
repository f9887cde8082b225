import {
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  type Clock,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Inclusion, Packet } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';
import { listedPackets, packetsFor } from './visibility.js';

export interface PacketsLoaders {
  /** Packets by key; null also for those the viewer may not see. */
  readonly packet: Loader<string, Packet | null>;
  /** The events of a packet. Whoever sees the packet sees them. */
  readonly inclusionsOfPacket: Loader<string, Inclusion[]>;
  /** How many of a packet are being bought now; null when none are. */
  readonly heldOfPacket: Loader<string, { readonly held: number } | null>;
  /** The newest or oldest packets of a person that the viewer may see. */
  readonly firstPacketsOfOrganizer: (page: FirstPage) => Loader<string, Packet[]>;
  /** Up to 20 packets that an event is in, of those the viewer may see. */
  readonly packetsOfEvent: Loader<string, { readonly eventId: string; readonly packet: Packet }[]>;
}

export const mostPacketsOfEvent = 20;

export const createPacketsLoaders = (db: Db, clock: Clock, viewer: Viewer | null): PacketsLoaders => ({
  packet: createRowLoader(
    (ids) => db.packet.findMany({ where: { AND: [{ id: { in: [...ids] } }, packetsFor(viewer)] } }),
    ({ id }) => id,
  ),
  inclusionsOfPacket: createGroupLoader(
    (ids) => db.inclusion.findMany({ where: { packetId: { in: [...ids] } }, orderBy: { id: 'asc' } }),
    ({ packetId }) => packetId,
  ),
  heldOfPacket: createRowLoader(
    (ids) => db.$queryRaw<{ id: string; held: number }[]>`
      SELECT line.packet_id AS id, sum(line.quantity)::int AS held
      FROM purchases purchase JOIN purchase_lines line ON line.purchase_id = purchase.id
      WHERE line.packet_id = ANY(${[...ids]}::uuid[])
        AND purchase.status = 'PENDING' AND purchase.expires_at > ${clock.now()}
      GROUP BY line.packet_id`,
    ({ id }) => id,
  ),
  firstPacketsOfOrganizer: createFirstPageLoaders(
    firstRows(db, { table: 'packets', parent: 'organizerId', condition: listedPackets(viewer) }, (rows) =>
      db.packet.findMany(rows),
    ),
    ({ organizerId }) => organizerId,
  ),
  packetsOfEvent: createGroupLoader(
    async (eventIds) => {
      const found = await db.$queryRaw<{ eventId: string; id: string }[]>`
        SELECT event.id AS "eventId", packet.id FROM unnest(${[...eventIds]}::uuid[]) AS event (id)
        CROSS JOIN LATERAL (
          SELECT packets.id FROM inclusions JOIN packets ON packets.id = inclusions.packet_id
          WHERE inclusions.event_id = event.id AND ${listedPackets(viewer)}
          ORDER BY packets.id DESC LIMIT ${mostPacketsOfEvent}
        ) AS packet`;
      const rows = await db.packet.findMany({ where: { id: { in: found.map(({ id }) => id) } } });
      const byId = new Map(rows.map((row) => [row.id, row]));
      return found.flatMap(({ eventId, id }) => (byId.has(id) ? [{ eventId, packet: byId.get(id)! }] : []));
    },
    ({ eventId }) => eventId,
  ),
});
