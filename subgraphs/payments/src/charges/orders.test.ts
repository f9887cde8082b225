import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { subscriptionIds } from '../ids.js';
import { disputeBody, eventBody, refundBody } from '../testing/events.js';
import { givenPayments } from '../testing/given.js';
import type { MoneyMovement } from './index.js';
import type { Payment } from '../__generated__/prisma/client.js';

const kinds = ['created', 'authorised', 'failed', 'captured', 'refunded', 'disputed'] as const;
type Kind = (typeof kinds)[number];

describe('what a provider tells of a payment, in any order', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  const movements: MoneyMovement[] = [];
  beforeAll(async () => {
    payments = await givenPayments({ listeners: [async (_tx, movement) => void movements.push(movement)] });
  });
  afterAll(() => payments.stop());

  /** A payment that was asked for, of somebody new. */
  async function waiting(): Promise<Payment> {
    const { viewer } = payments.given.person();
    const plan = await payments.db.plan.findFirstOrThrow({ where: { code: 'PREMIUM_MONTHLY' } });
    const now = payments.clock.now();
    const method = { provider: 'sandbox', createdAt: now, userId: viewer.id };
    const subscription = await payments.db.subscription.create({
      data: { ...method, id: subscriptionIds.create(), planId: plan.id, paymentToken: 'pm_sandbox_succeeds' },
    });
    const { amountMinor, currency } = plan;
    const period = {
      kind: 'FIRST',
      planId: plan.id,
      index: 0,
      number: 0,
      amountMinor,
      createdAt: now,
    } as const;
    await payments.db.subscriptionPeriod.create({ data: { ...period, subscriptionId: subscription.id } });
    return payments.db.payment.create({
      data: {
        ...method,
        id: subscription.id,
        subscriptionId: subscription.id,
        periodIndex: 0,
        attempt: 1,
        amountMinor,
        currency,
      },
    });
  }

  const later = (minutes: number) => new Date(payments.clock.now().getTime() + minutes * 60_000);
  const bodies = (payment: Payment): Record<Kind, string> => {
    const about = (kind: Kind) => eventBody(`payment.${kind}`, payment, { at: later(kinds.indexOf(kind)) });
    const openedAt = later(kinds.indexOf('disputed'));
    return {
      created: about('created'),
      authorised: about('authorised'),
      failed: about('failed'),
      captured: about('captured'),
      refunded: refundBody('payment.refunded', payment, {
        id: `ref_${payment.id}`,
        amount: '300',
        at: later(4),
      }),
      disputed: disputeBody('OPEN', payment, { id: `dsp_${payment.id}`, amount: '499', openedAt }),
    };
  };

  /** Stored as the webhook stores them, applied by the job, one after the other. */
  async function told(order: readonly string[]): Promise<void> {
    for (const body of order) {
      const {
        id: eventId,
        type,
        created,
      } = JSON.parse(body) as { id: string; type: string; created: number };
      const event = { provider: 'sandbox', eventId, type, body };
      const at = { occurredAt: new Date(created * 1_000), receivedAt: payments.clock.now() };
      await payments.db.providerEvent.createMany({ data: [{ ...event, ...at }], skipDuplicates: true });
      await payments.jobs.runTask('processProviderEvent', event);
    }
  }
  /** The same thing told again by an event of its own. */
  const again = (body: string) => body.replace(/sbx_evt_/, 'sbx_evt_again_');

  async function ending({ id, subscriptionId }: Payment) {
    const { refunds, disputes, subscription, ...payment } = await payments.db.payment.findUniqueOrThrow({
      where: { id },
      include: { refunds: true, disputes: true, subscription: true },
    });
    return {
      payment: {
        status: payment.status,
        failure: payment.failure,
        settledAt: payment.settledAt,
        owedBackAt: payment.owedBackAt,
      },
      refunds: refunds.map(({ amountMinor, status, toldStatus, settledAt }) => ({
        amountMinor,
        status,
        toldStatus,
        settledAt,
      })),
      disputes: disputes.map(({ amountMinor, status, toldStatus, openedAt }) => ({
        amountMinor,
        status,
        toldStatus,
        openedAt,
      })),
      subscription: {
        status: subscription!.status,
        anchorAt: subscription!.anchorAt,
        failure: subscription!.paymentFailure,
      },
      movements: movements
        .filter((movement) => movement.payment.id === id)
        .map(({ kind, amountMinor, at }) => ({ kind, amountMinor, at })),
      messages: (await messagesOf(subscriptionId!)).filter((type) => type !== 'payment.failed'),
    };
  }
  async function messagesOf(id: string): Promise<string[]> {
    const rows = await payments.db.$queryRaw<{ type: string }[]>`
      SELECT type FROM kit.outbox WHERE envelope -> 'data' ->> 'subscriptionId' = ${subscriptionIds.encode(id)} ORDER BY type`;
    return rows.map(({ type }) => type);
  }

  const expected = () => ({
    payment: { status: 'CAPTURED', failure: null, settledAt: later(3), owedBackAt: null },
    refunds: [{ amountMinor: 300n, status: 'SUCCEEDED', toldStatus: 'SUCCEEDED', settledAt: later(4) }],
    disputes: [{ amountMinor: 499n, status: 'OPEN', toldStatus: 'OPEN', openedAt: later(5) }],
    subscription: { status: 'ACTIVE', anchorAt: later(3), failure: null },
    movements: expect.arrayContaining([
      { kind: 'CAPTURED', amountMinor: 799n, at: later(3) },
      { kind: 'REFUNDED', amountMinor: 300n, at: later(4) },
      { kind: 'DISPUTED', amountMinor: 499n, at: later(5) },
    ]),
    messages: ['payment.captured', 'payment.disputed', 'payment.refunded', 'subscription.activated'],
  });

  /** Each kind at least once, some more often, in any order. */
  const anyOrder = fc
    .array(fc.constantFrom(...kinds), { maxLength: 4 })
    .chain((more) => fc.shuffledSubarray([...kinds, ...more], { minLength: kinds.length + more.length }));

  it('leads to one state from every order, however often a thing is told, and the money comes before it goes', async () => {
    const property = fc.asyncProperty(anyOrder, fc.infiniteStream(fc.boolean()), async (order, repeats) => {
      const payment = await waiting();
      const all = bodies(payment);
      await told(order.map((kind) => (repeats.next().value ? again(all[kind]) : all[kind])));
      const end = await ending(payment);
      expect(end).toEqual(expected());
      expect(end.movements).toHaveLength(3);
      expect(end.movements[0]).toMatchObject({ kind: 'CAPTURED' });
    });
    await fc.assert(property, { numRuns: 60 });
  }, 240_000);

  it.each(['WON', 'LOST'] as const)(
    'tells once that a dispute was open and then %s, whatever came first',
    async (end) => {
      for (const order of permutations(['captured', 'open', 'closed'] as const)) {
        const payment = await waiting();
        const dispute = { id: `dsp_${payment.id}`, amount: '799', openedAt: later(5) };
        const all = {
          captured: bodies(payment).captured,
          open: disputeBody('OPEN', payment, dispute),
          closed: disputeBody(end, payment, { ...dispute, at: later(9) }),
        };
        await told(order.flatMap((kind) => [all[kind], again(all[kind])]));
        const { disputes, movements: moved, subscription } = await ending(payment);
        expect({ order, moved }).toEqual({
          order,
          moved: [
            { kind: 'CAPTURED', amountMinor: 799n, at: later(3) },
            { kind: 'DISPUTED', amountMinor: 799n, at: later(5) },
            { kind: `DISPUTE_${end}`, amountMinor: 799n, at: later(9) },
          ],
        });
        expect(disputes).toMatchObject([{ status: end, toldStatus: end }]);
        expect(subscription.status).toBe(end === 'WON' ? 'ACTIVE' : 'FAILED');
      }
    },
  );
});

function* permutations<Item>(items: readonly Item[]): Generator<Item[]> {
  if (items.length === 0) yield [];
  for (const [at, first] of items.entries())
    for (const rest of permutations(items.toSpliced(at, 1))) yield [first, ...rest];
}
