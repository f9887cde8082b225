import { splitByLargestRemainder } from '@diaspora/kit';
import type { MoneyMovement, MovementDocument } from '../charges/index.js';
import type { Invoice, Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import type { NewInvoice } from './drafting.js';
import type { Invoicing } from './service.js';

type Line = NewInvoice['lines'][number];

/** Writes the documents of money that moves, in its transaction: invoices of what came in, notes of what went back. */
export function createInvoiceMovements(
  invoicing: Pick<Invoicing, 'issue' | 'creditUpTo' | 'debit'>,
): MovementDocument {
  async function invoice(tx: Transaction, payment: Payment): Promise<void> {
    const { id: paymentId, userId: customerId, currency } = payment;
    const lines = payment.orderId
      ? await linesOfOrder(tx, payment.orderId)
      : [await lineOfPeriod(tx, payment)];
    await invoicing.issue(tx, { customerId, currency, paymentId, lines });
  }

  /**
   * Notes say what has gone, whatever was told first: a refund that did not arrive takes back what its note says, or that of
   * another one which was made in its place. At most what is left of the invoice is credited: somebody may have credited it
   * by hand, and what is written never keeps money from being recorded that moved. Under the lock on the payment.
   */
  async function note(
    tx: Transaction,
    { kind, id: refundId, payment, amountMinor }: MoneyMovement,
  ): Promise<void> {
    const invoice = await tx.invoice.findUnique({
      where: { paymentId: payment.id },
      select: {
        id: true,
        notes: { where: { refundId: { not: null } }, select: { kind: true, totalMinor: true } },
      },
    });
    if (!invoice) return;
    const isBack = kind === 'REFUND_FAILED';
    const unsaidMinor = (await goneOf(tx, payment.id)) - saidBy(invoice.notes);
    const missingMinor = isBack ? -unsaidMinor : unsaidMinor;
    if (missingMinor <= 0n) return;
    const most = amountMinor < missingMinor ? amountMinor : missingMinor;
    await invoicing[isBack ? 'debit' : 'creditUpTo'](tx, {
      invoiceId: invoice.id,
      refundId,
      amountMinor: most,
    });
  }

  return async (tx, movements) => {
    for (const movement of movements) {
      if (movement.kind === 'CAPTURED') await invoice(tx, movement.payment);
      if (noted.has(movement.kind)) await note(tx, movement);
    }
  };
}

/** What a bank only withholds has not gone yet. */
const noted = new Set<MoneyMovement['kind']>(['REFUNDED', 'REFUND_FAILED', 'DISPUTE_LOST']);

const saidBy = (notes: readonly Pick<Invoice, 'kind' | 'totalMinor'>[]): bigint =>
  notes.reduce((said, { kind, totalMinor }) => said + (kind === 'DEBIT_NOTE' ? -totalMinor : totalMinor), 0n);

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
