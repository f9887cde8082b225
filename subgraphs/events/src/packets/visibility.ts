import type { Viewer } from '@diaspora/kit';
import { Prisma } from '../database.js';
import { isSuperUser, servesTickets } from '../ticketing/index.js';

/** Packets on sale are everybody's to see; others are their organizer's and those who have a ticket by them. */
export function packetsFor(viewer: Viewer | null): Prisma.PacketWhereInput {
  if (isSuperUser(viewer) || servesTickets(viewer)) return {};
  if (!viewer) return { isOnSale: true };
  return {
    OR: [{ isOnSale: true }, { organizerId: viewer.id }, { tickets: { some: { holderId: viewer.id } } }],
  };
}

/** The same filter on rows of packets in a list of an organizer's. */
export const listedPackets = (viewer: Viewer | null): Prisma.Sql =>
  isSuperUser(viewer) || servesTickets(viewer)
    ? Prisma.sql`TRUE`
    : Prisma.sql`(is_on_sale OR organizer_id = ${viewer?.id ?? null}::uuid OR EXISTS (
        SELECT FROM tickets WHERE packet_id = packets.id AND holder_id = ${viewer?.id ?? null}::uuid))`;
