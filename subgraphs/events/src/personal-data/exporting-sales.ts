import { inPages, type Archive } from '@diaspora/kit';
import type {
  Packet,
  Purchase,
  PurchaseLine,
  PurchaseRefund,
  Ticket,
  TicketTransfer,
  Voucher,
} from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import {
  eventIds,
  packetIds,
  purchaseIds,
  refundIds,
  ticketIds,
  transferIds,
  userIds,
  voucherIds,
} from '../ids.js';

/** What the person sells, has bought, holds and was offered. */
export async function exportSales(db: Db, personId: string, archive: Archive): Promise<void> {
  await archive.records('packets', packetsOf(db, personId));
  await archive.records('vouchers', vouchersOf(db, personId));
  await archive.records('purchases', purchasesOf(db, personId));
  await archive.records('tickets', ticketsOf(db, personId));
  await archive.records('ticket-transfers', transfersOf(db, personId));
}

const page = { orderBy: { id: 'asc' } } as const;
const beyond = (after: { id: string } | undefined) => (after ? { id: { gt: after.id } } : {});

async function* packetsOf(db: Db, organizerId: string) {
  const packets = inPages<Packet>((after, take) =>
    db.packet.findMany({ where: { organizerId, ...beyond(after) }, take, ...page }),
  );
  for await (const { id, organizerId: _self, priceMinor, feeMinor, ...rest } of packets)
    yield { id: packetIds.encode(id), ...rest, priceMinor: `${priceMinor}`, feeMinor: `${feeMinor}` };
}

async function* vouchersOf(db: Db, organizerId: string) {
  const vouchers = inPages<Voucher>((after, take) =>
    db.voucher.findMany({ where: { organizerId, ...beyond(after) }, take, ...page }),
  );
  for await (const voucher of vouchers) {
    const { id, organizerId: _self, amountMinor, eventId, packetId, ...rest } = voucher;
    yield {
      id: voucherIds.encode(id),
      ...rest,
      amountMinor: amountMinor === null ? null : `${amountMinor}`,
      eventId: eventId && eventIds.encode(eventId),
      packetId: packetId && packetIds.encode(packetId),
    };
  }
}

type Bought = Purchase & { lines: PurchaseLine[]; refunds: PurchaseRefund[] };

async function* purchasesOf(db: Db, buyerId: string) {
  const purchases = inPages<Bought>((after, take) =>
    db.purchase.findMany({
      where: { buyerId, ...beyond(after) },
      include: { lines: { orderBy: { position: 'asc' } }, refunds: { orderBy: { id: 'asc' } } },
      take,
      ...page,
    }),
  );
  for await (const purchase of purchases) {
    const { id, organizerId, status, currency, totalMinor, paidMinor, createdAt, completedAt } = purchase;
    yield {
      id: purchaseIds.encode(id),
      sellerId: userIds.encode(organizerId),
      ...{ status, currency, createdAt, completedAt },
      totalMinor: `${totalMinor}`,
      paidMinor: `${paidMinor}`,
      lines: purchase.lines.map(({ description, quantity, unitPriceMinor, unitFeeMinor, discountMinor }) => ({
        description,
        quantity,
        unitPriceMinor: `${unitPriceMinor}`,
        unitFeeMinor: `${unitFeeMinor}`,
        discountMinor: `${discountMinor}`,
      })),
      refunds: purchase.refunds.map((refund) => ({
        id: refundIds.encode(refund.id),
        amountMinor: `${refund.amountMinor}`,
        status: refund.status,
        requestedAt: refund.requestedAt,
      })),
    };
  }
}

async function* ticketsOf(db: Db, holderId: string) {
  const tickets = inPages<Ticket & { event: { title: string; startsAt: Date } }>((after, take) =>
    db.ticket.findMany({
      where: { holderId, ...beyond(after) },
      include: { event: { select: { title: true, startsAt: true } } },
      take,
      ...page,
    }),
  );
  for await (const { id, purchaseId, eventId, event, status, issuedAt, cancelledAt } of tickets)
    yield {
      id: ticketIds.encode(id),
      purchaseId: purchaseIds.encode(purchaseId),
      eventId: eventIds.encode(eventId),
      ...{ event, status, issuedAt, cancelledAt },
    };
}

async function* transfersOf(db: Db, personId: string) {
  const transfers = inPages<TicketTransfer>((after, take) =>
    db.ticketTransfer.findMany({
      where: { OR: [{ fromId: personId }, { toId: personId }], ...beyond(after) },
      take,
      ...page,
    }),
  );
  for await (const { id, ticketId, fromId, toId, ...rest } of transfers)
    yield {
      id: transferIds.encode(id),
      ticketId: ticketIds.encode(ticketId),
      fromId: userIds.encode(fromId),
      toId: userIds.encode(toId),
      ...rest,
    };
}
