import { splitByLargestRemainder } from '@diaspora/kit';
import type { MoneyMovement, MovementDocument } from '../charges/index.js';
import type { Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import type { NewInvoice } from './drafting.js';
import type { Invoicing } from './service.js';

type Line = NewInvoice['lines'][number];

/** Writes the documents of money that moves, in its transaction: what was captured is invoiced, what went back credited. */
export function createInvoiceMovements(invoicing: Pick<Invoicing, 'issue' | 'creditUpTo'>): MovementDocument {
  async function invoice(tx: Transaction, payment: Payment): Promise<void> {
    const { id: paymentId, userId: customerId, currency } = payment;
    const lines = payment.orderId
      ? await linesOfOrder(tx, payment.orderId)
      : [await lineOfPeriod(tx, payment)];
    await invoicing.issue(tx, { customerId, currency, paymentId, lines });
  }

  /**
   * What has gone and no credit note says yet, under the lock on the payment. A refund that came back leaves its note, for
   * what is owed to a person stays owed, and is not credited anew when it is made again, here or by hand at the provider. At
   * most what is left of the invoice: somebody may have credited it by hand, and what is written never keeps money from
   * being recorded that moved.
   */
  async function credit(tx: Transaction, { id, payment, amountMinor }: MoneyMovement): Promise<void> {
    const invoice = await tx.invoice.findUnique({
      where: { paymentId: payment.id },
      select: { id: true, creditNotes: { where: { refundId: { not: null } }, select: { totalMinor: true } } },
    });
    if (!invoice) return;
    const creditedMinor = invoice.creditNotes.reduce((sum, { totalMinor }) => sum + totalMinor, 0n);
    const unsaidMinor = (await goneOf(tx, payment.id)) - creditedMinor;
    if (unsaidMinor <= 0n) return;
    const most = amountMinor < unsaidMinor ? amountMinor : unsaidMinor;
    await invoicing.creditUpTo(tx, { invoiceId: invoice.id, refundId: id, amountMinor: most });
  }

  return async (tx, movements) => {
    for (const movement of movements) {
      if (movement.kind === 'CAPTURED') await invoice(tx, movement.payment);
      if (movement.kind === 'REFUNDED' || movement.kind === 'DISPUTE_LOST') await credit(tx, movement);
    }
  };
}

/** What went back of a payment, or its bank has kept. */
async function goneOf(tx: Transaction, paymentId: string): Promise<bigint> {
  const sum = { _sum: { amountMinor: true } } as const;
  const refunds = await tx.refund.aggregate({ where: { paymentId, status: 'SUCCEEDED' }, ...sum });
  const disputes = await tx.dispute.aggregate({ where: { paymentId, status: 'LOST' }, ...sum });
  return (refunds._sum.amountMinor ?? 0n) + (disputes._sum.amountMinor ?? 0n);
}

/** Of an upgrade the new plan, which the subscription is not on before its money is there. */
async function lineOfPeriod(tx: Transaction, payment: Payment): Promise<Line> {
  const { subscriptionId, periodIndex, amountMinor } = payment;
  const { plan } = await tx.subscriptionPeriod.findUniqueOrThrow({
    where: { subscriptionId_index: { subscriptionId: subscriptionId!, index: periodIndex! } },
    include: { plan: { select: { name: true } } },
  });
  return { description: plan.name, quantity: 1, unitAmountMinor: amountMinor, totalMinor: amountMinor };
}

/** Discounts are lines below zero there; here they are taken off what they are a discount on. */
async function linesOfOrder(tx: Transaction, orderId: string): Promise<Line[]> {
  const lines = await tx.orderLine.findMany({ where: { orderId }, orderBy: { position: 'asc' } });
  const sold = lines.filter(({ amountMinor }) => amountMinor > 0n);
  const paidMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const paid = splitByLargestRemainder(
    paidMinor,
    sold.map(({ amountMinor }) => amountMinor),
  );
  return sold.map(({ description, quantity, unitAmountMinor }, index) => ({
    ...{ description, quantity, unitAmountMinor },
    totalMinor: paid[index]!,
  }));
}
