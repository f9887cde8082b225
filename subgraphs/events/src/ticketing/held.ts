import { Prisma, type Transaction } from '../database.js';

interface Wanted {
  readonly ticketTypeId?: string;
  readonly packetId?: string;
  /** Only of this buyer. */
  readonly buyerId?: string;
  /** A purchase that does not count. */
  readonly except?: string;
}

/** How many of a type of ticket or of a packet are being bought now. The type or packet is locked. */
export async function heldQuantity(tx: Transaction, now: Date, wanted: Wanted): Promise<number> {
  const { ticketTypeId = null, packetId = null, buyerId, except = null } = wanted;
  const what = ticketTypeId
    ? Prisma.sql`line.ticket_type_id = ${ticketTypeId}::uuid`
    : Prisma.sql`line.packet_id = ${packetId}::uuid`;
  const whose = buyerId ? Prisma.sql`AND purchase.buyer_id = ${buyerId}::uuid` : Prisma.empty;
  const [row] = await tx.$queryRaw<{ held: number }[]>`
    SELECT coalesce(sum(line.quantity), 0)::int AS held
    FROM purchases purchase JOIN purchase_lines line ON line.purchase_id = purchase.id
    WHERE purchase.status = 'PENDING' AND purchase.expires_at > ${now} AND ${what} ${whose}
      AND purchase.id IS DISTINCT FROM ${except}::uuid`;
  return row?.held ?? 0;
}
