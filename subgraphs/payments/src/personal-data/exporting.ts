import { inPages, type Archive } from '@diaspora/kit';
import type {
  CreditEntry,
  CreditGrant,
  CreditReservation,
  Dispute,
  Payment,
  PaymentMethod,
  Plan,
  Refund,
  Subscription,
} from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { ordersOf, salesBookingsOf, salesOf } from './exporting-orders.js';
import { billingOf, invoicesOf } from './exporting-invoices.js';
import {
  creditEntryIds,
  disputeIds,
  orderIds,
  paymentIds,
  paymentMethodIds,
  refundIds,
  subscriptionIds,
} from '../ids.js';

/** What the person bought and paid. How it was paid is known to the provider only. */
export const createExport =
  (db: Db) =>
  async (personId: string, archive: Archive): Promise<void> => {
    await archive.records('subscriptions', subscriptionsOf(db, personId));
    await archive.records('payments', paymentsOf(db, personId));
    await archive.records('orders', ordersOf(db, personId));
    await archive.records('sales', salesOf(db, personId));
    await archive.records('salesBookings', salesBookingsOf(db, personId));
    await archive.records('paymentMethods', methodsOf(db, personId));
    await archive.records('refunds', refundsOf(db, personId));
    await archive.records('disputes', disputesOf(db, personId));
    await archive.records('credits', creditsOf(db, personId));
    await archive.records('invoices', invoicesOf(db, personId));
    await archive.records('billing', billingOf(db, personId));
  };

async function* subscriptionsOf(db: Db, userId: string) {
  const subscriptions = inPages<Subscription & { plan: Plan }>((after, take) =>
    db.subscription.findMany({
      where: { userId, ...(after && { id: { gt: after.id } }) },
      include: { plan: true },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const {
    id,
    userId: _self,
    planId: _plan,
    paymentToken: _secret,
    plan,
    ...rest
  } of subscriptions)
    yield { id: subscriptionIds.encode(id), plan: { code: plan.code, name: plan.name }, ...rest };
}

async function* paymentsOf(db: Db, userId: string) {
  const payments = inPages<Payment>((after, take) =>
    db.payment.findMany({
      where: { userId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const {
    id,
    userId: _self,
    subscriptionId,
    orderId,
    token: _secret,
    nextAction: _action,
    ...payment
  } of payments)
    yield {
      id: paymentIds.encode(id),
      subscriptionId: subscriptionId && subscriptionIds.encode(subscriptionId),
      orderId: orderId && orderIds.encode(orderId),
      ...payment,
    };
}

async function* methodsOf(db: Db, userId: string) {
  const methods = inPages<PaymentMethod>((after, take) =>
    db.paymentMethod.findMany({
      where: { userId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const {
    id,
    userId: _self,
    token: _secret,
    setupId: _setup,
    nextAction: _action,
    ...method
  } of methods)
    yield { id: paymentMethodIds.encode(id), ...method };
}

async function* refundsOf(db: Db, userId: string) {
  const refunds = inPages<Refund>((after, take) =>
    db.refund.findMany({
      where: { payment: { userId }, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, paymentId, toldStatus: _told, ...refund } of refunds)
    yield { id: refundIds.encode(id), paymentId: paymentIds.encode(paymentId), ...refund };
}

async function* disputesOf(db: Db, userId: string) {
  const disputes = inPages<Dispute>((after, take) =>
    db.dispute.findMany({
      where: { payment: { userId }, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, paymentId, toldStatus: _told, ...dispute } of disputes)
    yield { id: disputeIds.encode(id), paymentId: paymentIds.encode(paymentId), ...dispute };
}

/** The history, each line with what it is about. */
async function* creditsOf(db: Db, userId: string) {
  type Line = CreditEntry & { grant: CreditGrant | null; reservation: CreditReservation | null };
  const lines = inPages<Line>((after, take) =>
    db.creditEntry.findMany({
      where: { userId, ...(after && { id: { gt: after.id } }) },
      include: { grant: true, reservation: true },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, kind, amount, at, grant, reservation } of lines) {
    const given = grant && { kind: grant.kind, amount: grant.amount, expiresAt: grant.expiresAt };
    const work = reservation && { operation: reservation.operation, units: reservation.units };
    yield { id: creditEntryIds.encode(id), kind, amount, at, given, work };
  }
}
