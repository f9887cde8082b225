import type { PersonalData } from '@diaspora/kit';
import { Prisma, type Db, type Transaction } from '../database.js';
import { paymentIds, paymentMethodIds, userIds } from '../ids.js';
import type { Retention } from '../invoices/index.js';
import type { Orders } from '../checkout/index.js';
import type { Customers } from '../charges/index.js';
import type { PaymentMethods } from '../payment-methods/index.js';
import type { Subscriptions } from '../subscriptions/index.js';
import { createExport } from './exporting.js';

interface Dependencies {
  readonly db: Db;
  readonly subscriptions: Pick<Subscriptions, 'endAllOf'>;
  readonly orders: Pick<Orders, 'cancelAllOf'>;
  readonly retention: Pick<Retention, 'eraseOf'>;
  readonly paymentMethods: Pick<PaymentMethods, 'eraseAllOf'>;
  readonly customers: Pick<Customers, 'erase'>;
}

/** What payments keeps of a person: nothing is charged any more, and the books name a key that leads to nobody. */
export const createPaymentsPersonalData = ({
  db,
  subscriptions,
  orders,
  retention,
  paymentMethods,
  customers,
}: Dependencies): PersonalData<Transaction> => ({
  exportOf: createExport(db),
  erase: async (tx, personId) => {
    const subjects = await subjectsOf(tx, personId);
    const ended = await subscriptions.endAllOf(tx, personId);
    const cancelled = await orders.cancelAllOf(tx, personId);
    await tx.subscription.updateMany({ where: { userId: personId }, data: { paymentToken: '' } });
    const methods = await paymentMethods.eraseAllOf(tx, personId);
    await customers.erase(tx, personId);
    await tx.payment.updateMany({ where: { userId: personId }, data: { nextAction: Prisma.DbNull } });
    const payments = await tx.payment.count({ where: { userId: personId } });
    const reports = await tx.$executeRaw`
      UPDATE provider_events SET body = ''
      WHERE processed_at IS NOT NULL AND body <> '' AND subjects && ${subjects}::text[]`;
    // The sandbox decides by the token what becomes of a payment that is under way.
    await tx.sandboxPayment.updateMany({
      where: { customer: userIds.encode(personId), status: { not: 'PROCESSING' } },
      data: { token: '', customer: '' },
    });
    await tx.trial.deleteMany({ where: { userId: personId } });
    const { count: credits } = await tx.creditAccount.deleteMany({ where: { userId: personId } });
    await tx.customer.deleteMany({ where: { userId: personId } });
    await tx.billingDetails.deleteMany({ where: { userId: personId } });
    const invoices = await retention.eraseOf(tx, personId);
    return {
      credits,
      invoices,
      paymentMethods: methods,
      subscriptions: ended,
      orders: cancelled,
      payments,
      reports,
    };
  },
});

/** By what providers name what is a person's: payments, methods, and the person. */
async function subjectsOf(tx: Transaction, userId: string): Promise<string[]> {
  const payments = await tx.payment.findMany({
    where: { userId },
    select: { id: true, providerPaymentId: true },
  });
  const methods = await tx.paymentMethod.findMany({
    where: { userId },
    select: { id: true, token: true, setupId: true },
  });
  const customers = await tx.providerCustomer.findMany({ where: { userId }, select: { customerId: true } });
  return [
    ...payments.flatMap(({ id, providerPaymentId }) => [paymentIds.encode(id), providerPaymentId]),
    // A token is the provider's id with its kind or its owner.
    ...methods.flatMap(({ id, token, setupId }) => [
      paymentMethodIds.encode(id),
      setupId,
      ...token.split(':'),
    ]),
    ...customers.map(({ customerId }) => customerId),
  ].filter((subject): subject is string => Boolean(subject) && !kindsOfTokens.has(subject!));
}

const kindsOfTokens = new Set(['pages', 'vault']);
