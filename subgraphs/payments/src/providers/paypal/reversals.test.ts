import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MoneyMovement } from '../../charges/index.js';
import type { Payment } from '../../__generated__/prisma/client.js';
import { paymentIds } from '../../ids.js';
import { givenCharges, permutations } from '../../testing/given-charges.js';
import { givenPayments } from '../../testing/given.js';
import { paypalApp } from './testing/server.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenCharges>;
const movements: MoneyMovement[] = [];
beforeAll(async () => {
  const { clientId, clientSecret, webhookId } = paypalApp;
  payments = await givenPayments({
    settings: {
      PAYPAL_CLIENT_ID: clientId,
      PAYPAL_CLIENT_SECRET: clientSecret,
      PAYPAL_WEBHOOK_ID: webhookId,
    },
    listeners: [async (_tx, movement) => void movements.push(movement)],
  });
  given = givenCharges(payments);
});
afterAll(() => payments.stop());

const amount = { currency_code: 'EUR', value: '7.99' };
let serial = 0;

/** What PayPal tells of a payment, by the event's type. */
async function tell(payment: Payment, type: string, more: object = {}) {
  const at = payments.clock.now();
  const id = `WH-${++serial}`;
  const dispute = {
    dispute_id: `PP-D-${payment.id}`,
    create_time: at.toISOString(),
    dispute_amount: amount,
    disputed_transactions: [{ custom: paymentIds.encode(payment.id) }],
  };
  const capture = { id: `CAP-${payment.id}`, amount, custom_id: paymentIds.encode(payment.id) };
  const resource = { ...(type.startsWith('CUSTOMER') ? dispute : capture), ...more };
  const body = JSON.stringify({ id, event_type: type, create_time: at.toISOString(), resource });
  await given.tell('paypal', { id, type, at, body });
  return payments.db.providerEvent.findFirstOrThrow({ where: { eventId: id } });
}
const lost = { status: 'RESOLVED', dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR' } };
const kindsOf = ({ id }: Payment) =>
  movements.filter(({ payment }) => payment.id === id).map(({ kind }) => kind);
const disputesOf = ({ id: paymentId }: Payment) => payments.db.dispute.findMany({ where: { paymentId } });
const paid = async () => {
  const payment = await given.waiting('paypal');
  await tell(payment, 'PAYMENT.CAPTURE.COMPLETED');
  return payment;
};

describe('money that PayPal reverses', () => {
  it('is lost, and what it bought ends', async () => {
    const payment = await paid();
    expect(await tell(payment, 'PAYMENT.CAPTURE.REVERSED')).toMatchObject({ outcome: 'APPLIED' });
    expect(await disputesOf(payment)).toMatchObject([{ status: 'LOST', amountMinor: 799n }]);
    expect(kindsOf(payment)).toEqual(['CAPTURED', 'DISPUTED', 'DISPUTE_LOST']);
    expect(await payments.db.subscription.findUnique({ where: { id: payment.id } })).toMatchObject({
      status: 'FAILED',
    });
  });

  it('is lost once, whatever else is told of its dispute, and in whichever order', async () => {
    for (const order of permutations(['opened', 'lost', 'reversed'] as const)) {
      const payment = await paid();
      for (const what of [...order, ...order]) {
        if (what === 'opened') await tell(payment, 'CUSTOMER.DISPUTE.CREATED', { status: 'OPEN' });
        if (what === 'lost') await tell(payment, 'CUSTOMER.DISPUTE.RESOLVED', lost);
        if (what === 'reversed') await tell(payment, 'PAYMENT.CAPTURE.REVERSED');
      }
      expect({ order, kinds: kindsOf(payment) }).toEqual({
        order,
        kinds: ['CAPTURED', 'DISPUTED', 'DISPUTE_LOST'],
      });
      expect(await disputesOf(payment)).toMatchObject([
        { status: 'LOST', providerDisputeId: `PP-D-${payment.id}` },
      ]);
    }
  });

  it('needs a person when another amount is reversed than was disputed', async () => {
    const payment = await paid();
    await tell(payment, 'CUSTOMER.DISPUTE.CREATED', { status: 'OPEN' });
    const told = await tell(payment, 'PAYMENT.CAPTURE.REVERSED', { amount: { ...amount, value: '1.00' } });
    expect(told).toMatchObject({ outcome: 'MISMATCH' });
    expect(kindsOf(payment)).toEqual(['CAPTURED', 'DISPUTED']);
  });
});
