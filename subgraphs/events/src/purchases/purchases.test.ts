import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenEvents, hourMs } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

const minuteMs = 60_000;

describe('a purchase', () => {
  it('keeps the places, asks payments for the order and makes the tickets when it is paid', async () => {
    const { event, type, organizer } = await tickets.sale({ capacity: 5, type: { feeMinor: 50n } });
    const buyer = events.given.person();
    const { purchase, userErrors } = await tickets.buy(buyer, [tickets.line(type, 2)]);
    expect(userErrors).toEqual([]);
    expect(purchase).toMatchObject({ status: 'PENDING', tickets: [], total: { amountMinor: 2100 } });
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 2 });
    expect(await events.published(purchase.id)).toEqual([
      {
        type: 'order.requested',
        data: {
          orderId: purchase.id.replace('pur_', 'ord_'),
          purchaseId: purchase.id,
          buyerId: buyer.publicId,
          sellerId: organizer.publicId,
          currency: 'EUR',
          totalMinor: '2100',
          lines: [
            {
              description: `${event.title}: Regular`,
              quantity: 2,
              unitAmountMinor: '1000',
              amountMinor: '2000',
            },
            {
              description: `Service fee: ${event.title}: Regular`,
              quantity: 2,
              unitAmountMinor: '50',
              amountMinor: '100',
            },
          ],
          paymentMethodId: null,
          payBefore: new Date(events.clock.now().getTime() + 45 * minuteMs).toISOString(),
        },
      },
    ]);
    await tickets.paid(purchase.id, 2100);
    const done = await tickets.readPurchase(purchase.id);
    expect(done).toMatchObject({ status: 'COMPLETED', paidMinor: 2100n });
    expect(
      done.tickets.map(({ holderId, status, priceMinor }) => ({ holderId, status, priceMinor })),
    ).toEqual([
      { holderId: buyer.id, status: 'VALID', priceMinor: 1000n },
      { holderId: buyer.id, status: 'VALID', priceMinor: 1000n },
    ]);
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 2, held: 0 });
    const told = (await events.published(event.publicId)).map((message) => message.type);
    expect(told).toEqual([
      'ticketHold.created',
      'ticketHold.released',
      'ticket.issued',
      'ticket.issued',
      'registration.confirmed',
    ]);
  });

  it('that costs nothing is done at once and asks payments for nothing', async () => {
    const { event, type } = await tickets.sale({ capacity: 2, type: { priceMinor: 0n } });
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type, 2)]);
    expect(purchase).toMatchObject({
      status: 'COMPLETED',
      tickets: [{ status: 'VALID' }, { status: 'VALID' }],
    });
    expect(await events.published(purchase.id)).toEqual([]);
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 2, held: 0 });
    const { userErrors } = await tickets.buy(events.given.person(), [tickets.line(type)]);
    expect(userErrors).toMatchObject([
      { __typename: 'SoldOutError', code: 'SOLD_OUT', isWaitlistOpen: true },
    ]);
  });

  it('is the same purchase for the same key, and a conflict for another body', async () => {
    const { event, type } = await tickets.sale();
    const buyer = events.given.person();
    const idempotencyKey = crypto.randomUUID();
    const both = await Promise.all([
      tickets.buy(buyer, [tickets.line(type)], { idempotencyKey }),
      tickets.buy(buyer, [tickets.line(type)], { idempotencyKey }),
    ]);
    expect(both[0].purchase.id).toBe(both[1].purchase.id);
    const { userErrors } = await tickets.buy(buyer, [tickets.line(type, 2)], { idempotencyKey });
    expect(userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    expect(await tickets.placesOf(event)).toMatchObject({ held: 1 });
  });

  it('costs what the buyer was shown, or is none and says what it costs', async () => {
    const { event, type } = await tickets.sale();
    const buyer = events.given.person();
    const shown = { paymentMethodId: 'pm_saved', expectedTotal: { amountMinor: 2_000, currency: 'EUR' } };
    const buy = (more: object) => tickets.buy(buyer, [tickets.line(type, 2)], { ...shown, ...more });
    expect((await buy({ expectedTotal: null })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['expectedTotal'] },
    ]);
    await events.db.ticketType.update({ where: { id: type.id }, data: { priceMinor: 1_200n } });
    expect(await buy({})).toMatchObject({
      purchase: null,
      userErrors: [{ code: 'PRICE_CHANGED', total: { amountMinor: 2400, currency: 'EUR' } }],
    });
    expect((await buy({ expectedTotal: { amountMinor: 2_400, currency: 'RON' } })).userErrors).toMatchObject([
      { code: 'PRICE_CHANGED' },
    ]);
    expect(await tickets.placesOf(event)).toMatchObject({ held: 0 });
    const { purchase } = await buy({ expectedTotal: { amountMinor: 2_400, currency: 'EUR' } });
    expect((await events.published(purchase.id))[0]?.data).toMatchObject({
      ...{ totalMinor: '2400', paymentMethodId: 'pm_saved' },
    });
  });

  it('keeps the price of its time', async () => {
    const { type } = await tickets.sale();
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type)]);
    await events.db.ticketType.update({ where: { id: type.id }, data: { priceMinor: 9_900n } });
    await tickets.paid(purchase.id, 1000);
    expect((await tickets.readPurchase(purchase.id)).tickets).toMatchObject([{ priceMinor: 1000n }]);
  });

  it('ends when nobody pays in time, and its places were free before anybody noticed', async () => {
    const { event, type } = await tickets.sale({ capacity: 1 });
    const first = await tickets.buy(events.given.person(), [tickets.line(type)]);
    expect((await tickets.buy(events.given.person(), [tickets.line(type)])).userErrors).toMatchObject([
      { code: 'SOLD_OUT' },
    ]);
    events.clock.advance(15 * minuteMs);
    const second = await tickets.buy(events.given.person(), [tickets.line(type)]);
    expect(second.userErrors).toEqual([]);
    await tickets.runJob('expirePurchases');
    expect(await tickets.readPurchase(first.purchase.id)).toMatchObject({
      status: 'CANCELLED',
      endReason: 'EXPIRED',
    });
    expect((await events.published(first.purchase.id)).at(-1)).toMatchObject({
      type: 'order.cancellationRequested',
      data: { reason: 'EXPIRED' },
    });
    expect(await tickets.placesOf(event)).toMatchObject({ held: 1 });
  });

  it('that is paid after it expired has its tickets when there are places, and its money back when there are none', async () => {
    const { event, type } = await tickets.sale({ capacity: 2 });
    const [early, late] = [
      await tickets.buy(events.given.person(), [tickets.line(type)]),
      await tickets.buy(events.given.person(), [tickets.line(type)]),
    ];
    events.clock.advance(15 * minuteMs);
    await tickets.runJob('expirePurchases');
    const { purchase: third } = await tickets.buy(events.given.person(), [tickets.line(type)]);
    await tickets.paid(early.purchase.id, 1000);
    await tickets.paid(late.purchase.id, 1000);
    await tickets.paid(third.id, 1000);
    expect(await tickets.readPurchase(early.purchase.id)).toMatchObject({
      status: 'COMPLETED',
      endReason: null,
    });
    const { refunds, ...refunding } = await tickets.readPurchase(late.purchase.id);
    expect(refunding).toMatchObject({ status: 'REFUNDING', tickets: [] });
    expect(refunds).toMatchObject([{ amountMinor: 1000n, reason: 'NO_PLACES', status: 'REQUESTED' }]);
    const asked = (await events.published(late.purchase.id)).at(-1)!;
    expect(asked).toMatchObject({
      type: 'order.refundRequested',
      data: { amountMinor: '1000', reason: 'NO_PLACES' },
    });
    await tickets.refunded(late.purchase.id, asked.data['refundId'] as string, 1000);
    expect(await tickets.readPurchase(late.purchase.id)).toMatchObject({ status: 'REFUNDED' });
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 2, held: 0 });
  });

  it('keeps its places for longer, twice', async () => {
    const { type, event } = await tickets.sale({ capacity: 1 });
    const buyer = events.given.person();
    const { purchase } = await tickets.buy(buyer, [tickets.line(type)]);
    const refresh = async () => {
      const { data } = await events
        .as(buyer.viewer)
        .execute(
          `mutation ($input: RefreshPurchaseInput!) { refreshPurchase(input: $input) { purchase { expiresAt } userErrors { code } } }`,
          { input: { purchaseId: purchase.id } },
        );
      return data.refreshPurchase.userErrors.map(({ code }: { code: string }) => code);
    };
    for (let times = 0; times < 2; times++) {
      events.clock.advance(14 * minuteMs);
      expect(await refresh()).toEqual([]);
      expect(await tickets.placesOf(event)).toMatchObject({ held: 1 });
    }
    events.clock.advance(14 * minuteMs);
    expect(await refresh()).toEqual(['LIMIT_REACHED']);
    events.clock.advance(hourMs);
    expect(await refresh()).toEqual(['CONFLICT']);
  });

  it('is given up by its buyer only, and money that comes then goes back', async () => {
    const { type, event } = await tickets.sale({ capacity: 1 });
    const buyer = events.given.person();
    const { purchase } = await tickets.buy(buyer, [tickets.line(type)]);
    const cancel = async (viewer: typeof buyer.viewer) => {
      const { data } = await events
        .as(viewer)
        .execute(
          `mutation ($input: CancelPurchaseInput!) { cancelPurchase(input: $input) { purchase { status endReason } userErrors { code } } }`,
          { input: { purchaseId: purchase.id } },
        );
      return data.cancelPurchase;
    };
    expect(await cancel(events.given.person().viewer)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
    const ended = { purchase: { status: 'CANCELLED', endReason: 'BUYER' }, userErrors: [] };
    expect(await cancel(buyer.viewer)).toEqual(ended);
    expect(await cancel(buyer.viewer)).toEqual(ended);
    expect(await tickets.placesOf(event)).toMatchObject({ held: 0 });
    await tickets.paid(purchase.id, 1000);
    expect(await tickets.readPurchase(purchase.id)).toMatchObject({
      status: 'REFUNDING',
      refunds: [{ reason: 'BUYER', amountMinor: 1000n }],
    });
  });

  it('hears that it is paid as often as it is told, and makes its tickets once', async () => {
    const { type, event } = await tickets.sale();
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type)]);
    await Promise.all([1, 2, 3].map(() => tickets.paid(purchase.id, 1000)));
    expect((await tickets.readPurchase(purchase.id)).tickets).toHaveLength(1);
    expect(await tickets.placesOf(event)).toMatchObject({ ticketed: 1 });
  });

  it('has an order once payments tells of it, for those whom payments shows it', async () => {
    const { type, organizer } = await tickets.sale();
    const buyer = events.given.person();
    const { purchase } = await tickets.buy(buyer, [tickets.line(type)]);
    const root = events.given.person({ roles: ['SUPER_USER'] });
    const shown = async () => {
      const answers = [buyer, root, organizer].map(({ viewer }) =>
        events
          .as(viewer)
          .execute('query ($id: ID!) { purchase(id: $id) { order { id } } }', { id: purchase.id }),
      );
      return (await Promise.all(answers)).map(({ data }) => data.purchase.order?.id ?? null);
    };
    expect(await shown()).toEqual([null, null, null]);
    await tickets.tell('order.opened', {
      purchaseId: purchase.id,
      openedAt: events.clock.now().toISOString(),
    });
    const orderId = purchase.id.replace('pur_', 'ord_');
    expect(await shown()).toEqual([orderId, orderId, null]);
  });

  it('shows why a payment failed, and can still be paid', async () => {
    const { type } = await tickets.sale();
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type)]);
    const failedAt = events.clock.now().toISOString();
    await tickets.tell('order.paymentFailed', { purchaseId: purchase.id, reason: 'card_declined', failedAt });
    expect(await tickets.readPurchase(purchase.id)).toMatchObject({
      status: 'PENDING',
      paymentFailureReason: 'card_declined',
    });
    await tickets.paid(purchase.id, 1000);
    expect(await tickets.readPurchase(purchase.id)).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    ['nothing', []],
    ['both a type and a packet', [{ ticketTypeId: 'tty_x', packetId: 'pkt_x', quantity: 1 }]],
    ['neither', [{ quantity: 1 }]],
    ['none of something', [{ ticketTypeId: 'tty_x', quantity: 0 }]],
  ])('of %s is refused', async (_what, lines) => {
    const { userErrors } = await tickets.buy(events.given.person(), lines);
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });

  it('is refused when it is not on sale, beyond the limit of a person, and to whom the organizer has blocked', async () => {
    const { clock, db } = events;
    const soon = new Date(clock.now().getTime() + hourMs);
    const { type: later } = await tickets.sale({ type: { salesStartAt: soon } });
    const buyer = events.given.person();
    const codes = async (what: { publicId: string }, quantity = 1) =>
      (await tickets.buy(buyer, [tickets.line(what, quantity)])).userErrors.map(
        ({ code }: { code: string }) => code,
      );
    expect(await codes(later)).toEqual(['SALES_CLOSED']);
    const { type: few } = await tickets.sale({ type: { perPersonLimit: 2 } });
    expect(await codes(few, 3)).toEqual(['LIMIT_REACHED']);
    expect(await codes(few, 2)).toEqual([]);
    expect(await codes(few)).toEqual(['LIMIT_REACHED']);
    const { type, organizer } = await tickets.sale();
    await db.block.create({
      data: { blockerId: organizer.id, blockedId: buyer.id, isActive: true, version: 1 },
    });
    expect(await codes(type)).toEqual(['NOT_ADMITTED']);
  });
});
