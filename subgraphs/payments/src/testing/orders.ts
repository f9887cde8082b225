import { randomUUID } from 'node:crypto';
import { minuteMs, type Viewer } from '@diaspora/kit';
import { orderIds, purchaseIds, refundIds, userIds } from '../ids.js';
import { cards, type givenPayments, type Published } from './given.js';

type Payments = Awaited<ReturnType<typeof givenPayments>>;

export const payOrder = `mutation ($input: PayOrderInput!) {
  payOrder(input: $input) { order { id status paymentFailure } userErrors { code message path } }
}`;

let keys = 0;

/** Orders as events would wish them, by its messages. */
export function givenOrders(payments: Payments) {
  const { db, clock, subgraph } = payments;

  /** What the consumer does with a message of events. */
  async function tell(type: string, data: object): Promise<void> {
    const handler = subgraph.handlers!.find((each) => each.source === 'events' && each.type === type)!;
    await db.$transaction((tx) =>
      handler.handle(
        {
          id: randomUUID(),
          source: 'events',
          type,
          key: 'purchase',
          time: clock.now(),
          requestId: undefined,
          traceparent: undefined,
          data: handler.schema.parse(data),
        },
        tx as never,
      ),
    );
  }

  function wish({ total = 2_000n, ...overrides }: { total?: bigint; [field: string]: unknown } = {}) {
    const key = orderIds.create();
    const buyer = payments.given.person();
    const seller = payments.given.person();
    const about = { orderId: orderIds.encode(key), purchaseId: purchaseIds.encode(key) };
    const line = {
      description: 'Standard',
      quantity: 1,
      unitAmountMinor: `${total}`,
      amountMinor: `${total}`,
    };
    const requested = {
      ...about,
      buyerId: buyer.publicId,
      sellerId: seller.publicId,
      currency: 'EUR',
      totalMinor: `${total}`,
      lines: [line],
      paymentMethodId: null,
      payBefore: new Date(clock.now().getTime() + 15 * minuteMs).toISOString(),
      ...overrides,
    };
    return {
      key,
      id: about.orderId,
      buyer: buyer.viewer,
      seller: seller.viewer,
      request: () => tell('order.requested', requested),
      cancel: (reason = 'EXPIRED') => tell('order.cancellationRequested', { ...about, reason }),
      refund: (amount: bigint, refundId = refundIds.create(), currency = 'EUR') =>
        tell('order.refundRequested', {
          refundId: refundIds.encode(refundId),
          ...about,
          amountMinor: `${amount}`,
          currency,
          reason: 'BUYER',
        }),
      pay: (card = cards.succeeds, viewer: Viewer = buyer.viewer, idempotencyKey = `pay-${++keys}`) =>
        payments.as(viewer).execute(payOrder, {
          input: { idempotencyKey, orderId: about.orderId, paymentMethod: { sandboxCard: { number: card } } },
        }),
      row: () => db.order.findUniqueOrThrow({ where: { id: key } }),
      /** What became of it, as events was told. */
      told: async () => (await toldOf(about.purchaseId)).filter(({ type }) => type !== 'order.opened'),
      opened: async () => (await toldOf(about.purchaseId)).filter(({ type }) => type === 'order.opened'),
      /** What is left on accounts where nothing may stay: of a decided order, all is zero. */
      open: () => openOf(key),
    };
  }

  async function toldOf(purchaseId: string): Promise<Published[]> {
    const rows = await db.$queryRaw<{ envelope: Published }[]>`
      SELECT envelope FROM kit.outbox WHERE key = ${purchaseId} ORDER BY position`;
    return rows.map(({ envelope }) => ({ type: envelope.type, data: envelope.data }));
  }

  /** Sums by type of account, of those that are not zero. */
  async function openOf(orderId: string): Promise<Record<string, number>> {
    const rows = await db.$queryRaw<{ type: string; sum: bigint }[]>`
      SELECT a.type::text, sum(p.amount_minor)::bigint AS sum
      FROM ledger_transactions t JOIN ledger_postings p ON p.transaction_id = t.id
      JOIN ledger_accounts a ON a.id = p.account_id
      WHERE t.order_id = ${orderId}::uuid AND t.kind <> 'PROVIDER_FEE' AND a.type <> 'PROVIDER_FEES'
      GROUP BY a.type HAVING sum(p.amount_minor) <> 0`;
    return Object.fromEntries(rows.map(({ type, sum }) => [type, Number(sum)]));
  }

  /** An order that is paid, with everything that follows done. */
  async function paid(options: Parameters<typeof wish>[0] = {}) {
    const order = wish(options);
    await order.request();
    await order.pay();
    await payments.jobs.drain();
    return order;
  }

  return { wish, paid, userIds };
}
