import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog } from '@diaspora/kit/testing';
import { guarded, PaymentRefused, WebhookRefused, type MoneyNews, type PaymentNews } from './index.js';
import { harnesses, type Harness } from './testing/harnesses.js';

let serial = 0;

describe.each(harnesses)('the %s provider', (_name, start) => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await start();
  });
  afterAll(async () => {
    await harness.stop();
  });
  /** A test also fails when a request was not as the vendor describes its API. */
  const conforms = (run: () => Promise<void>) => async () => {
    await run();
    expect(harness.violations()).toEqual([]);
  };

  const request = (more: object = {}) => {
    const reference = `pay_${++serial}`;
    const about = { amountMinor: 1_250n, currency: 'EUR', customer: 'usr_1', customerId: harness.customerId };
    const who = { isPayerPresent: false, isRepeated: false };
    return { ...about, ...who, token: harness.tokens.good, reference, idempotencyKey: reference, ...more };
  };
  const pay = (more: object = {}) => harness.provider.createPayment(request(more));
  /** What the provider told of one of our payments, its refunds and disputes, in its own order. */
  async function newsOf(payment: { providerPaymentId: string; reference: string }): Promise<MoneyNews[]> {
    const { provider } = harness;
    const all = (await harness.told()).map((body) =>
      provider.interpret({ type: harness.typeOf(body), body }),
    );
    return all.filter(
      (news): news is MoneyNews =>
        news !== undefined &&
        news.kind !== 'method' &&
        (news.reference === payment.reference || news.providerPaymentId === payment.providerPaymentId),
    );
  }
  async function paid(more: object = {}) {
    const asked = request(more);
    const { providerPaymentId } = await harness.provider.createPayment(asked);
    await harness.work();
    return { ...asked, providerPaymentId };
  }
  const refundOf = (
    payment: { providerPaymentId: string; reference: string },
    amountMinor: bigint,
    key?: string,
  ) => {
    const reference = key ?? `rfd_${++serial}`;
    const { providerPaymentId, reference: paymentReference } = payment;
    return {
      providerPaymentId,
      paymentReference,
      amountMinor,
      currency: 'EUR',
      reference,
      idempotencyKey: reference,
    };
  };

  it(
    'takes money and tells whose, how much, and what for',
    conforms(async () => {
      const payment = await paid();
      const { providerPaymentId } = payment;
      const captured = (await newsOf(payment)).filter(
        (news) => news.kind === 'payment' && news.status === 'CAPTURED',
      );
      expect(captured).toMatchObject([
        {
          reference: payment.reference,
          providerPaymentId,
          amountMinor: 1_250n,
          currency: 'EUR',
          failure: null,
        },
      ]);
    }),
  );

  it(
    'makes one payment of one key, asked for again and at once',
    conforms(async () => {
      const asked = request();
      const answers = await Promise.all([1, 2, 3].map(() => harness.provider.createPayment(asked)));
      answers.push(await harness.provider.createPayment(asked));
      await harness.work();
      const ids = new Set(answers.map(({ providerPaymentId }) => providerPaymentId));
      expect(ids.size).toBe(1);
      const news = await newsOf({ ...asked, providerPaymentId: [...ids][0]! });
      expect(news.filter((each) => each.kind === 'payment' && each.status === 'CAPTURED')).toHaveLength(1);
    }),
  );

  it(
    'refuses a key that stands for another payment',
    conforms(async () => {
      const payment = await paid();
      await expect(
        pay({ reference: payment.reference, idempotencyKey: payment.reference, amountMinor: 1n }),
      ).rejects.toThrow(PaymentRefused);
    }),
  );

  it(
    'refuses a method that it does not know',
    conforms(async () => {
      await expect(pay({ token: harness.tokens.unknown })).rejects.toThrow(PaymentRefused);
    }),
  );

  it(
    'charges a saved method whose owner is away, once they agreed',
    conforms(async () => {
      const { provider, toSave: token, customerId } = harness;
      const reference = `pmt_${++serial}`;
      const asked = { token, customerId, reference, idempotencyKey: reference };
      let saved = await provider.saveMethod(asked);
      if (saved.status === 'ACTION_REQUIRED') {
        const { setupId } = saved;
        harness.agree(setupId);
        saved = await provider.completeMethod({ setupId, idempotencyKey: reference });
      }
      expect(saved).toMatchObject({ status: 'ACTIVE', details: { kind: expect.any(String) } });
      for (let period = 0; period < 2; period += 1) {
        const payment = await paid({ token: (saved as { token: string }).token, isRepeated: true });
        expect(await newsOf(payment)).toContainEqual(expect.objectContaining({ status: 'CAPTURED' }));
      }
    }),
  );

  it(
    'tells what it keeps of a payment, by its events or when it is asked',
    conforms(async () => {
      const payment = await paid();
      const news = (await newsOf(payment)).find(
        (each) => each.kind === 'payment' && each.status === 'CAPTURED',
      ) as PaymentNews;
      const asked = { providerPaymentId: payment.providerPaymentId, currency: 'EUR' };
      const told =
        news.feeMinor === null
          ? await harness.provider.readFee!(asked)
          : { status: 'KNOWN', feeMinor: news.feeMinor };
      expect(told).toEqual({ status: 'KNOWN', feeMinor: expect.any(BigInt) });
      const { feeMinor } = told as { feeMinor: bigint };
      expect(feeMinor > 0n && feeMinor < 1_250n).toBe(true);
    }),
  );

  it(
    'says that a payment was declined',
    conforms(async () => {
      const asked = request({ token: harness.tokens.declined });
      // Some refuse the call, others tell of it later.
      const answer = await harness.provider
        .createPayment(asked)
        .catch((error: unknown) => error as PaymentRefused & { providerPaymentId?: never });
      await harness.work();
      const { providerPaymentId } = answer;
      const news = providerPaymentId === undefined ? [] : await newsOf({ ...asked, providerPaymentId });
      const said = providerPaymentId === undefined ? answer : news.at(-1);
      expect(said).toMatchObject({ failure: 'card_declined' });
      expect(said).toMatchObject(
        providerPaymentId === undefined ? { name: 'PaymentRefused' } : { kind: 'payment', status: 'FAILED' },
      );
      expect(news.some((each) => each.kind === 'payment' && each.status === 'CAPTURED')).toBe(false);
    }),
  );

  it(
    'gives up a payment that waits for its payer, as often as it is asked, and none that was paid',
    conforms(async () => {
      const { provider } = harness;
      const waiting = request({ token: harness.tokens.waiting, isPayerPresent: true });
      const { providerPaymentId } = await provider.createPayment(waiting);
      for (let time = 0; time < 2; time += 1)
        expect(await provider.cancelPayment({ providerPaymentId })).toBe('CANCELLED');
      const news = await newsOf({ ...waiting, providerPaymentId });
      expect(news.filter((each) => each.kind === 'payment' && each.status === 'CAPTURED')).toEqual([]);
      expect(await provider.cancelPayment(await paid())).toBe('TOO_LATE');
      await expect(provider.cancelPayment({ providerPaymentId: 'pi_nobody' })).rejects.toThrow(
        PaymentRefused,
      );
    }),
  );

  it('says which currencies it charges in', () => {
    for (const currency of ['EUR', 'USD', 'GBP', 'JPY']) expect(harness.provider.takes(currency)).toBe(true);
    expect(harness.provider.takes('XTS')).toBe(harness.provider.name === 'sandbox');
  });

  it(
    'sends back a part, then the rest, and never more',
    conforms(async () => {
      const payment = await paid();
      const { provider } = harness;
      const part = refundOf(payment, 250n);
      const { providerRefundId } = await provider.createRefund(part);
      expect(await provider.createRefund(part)).toEqual({ providerRefundId });
      await expect(provider.createRefund(refundOf(payment, 1_001n))).rejects.toThrow(PaymentRefused);
      await provider.createRefund(refundOf(payment, 1_000n));
      await expect(provider.createRefund(refundOf(payment, 1n))).rejects.toThrow(PaymentRefused);
      await harness.work();
      const refunds = (await newsOf(payment)).filter((news) => news.kind === 'refund');
      expect(refunds).toMatchObject([
        { status: 'SUCCEEDED', amountMinor: 250n, refundReference: part.reference, providerRefundId },
        { status: 'SUCCEEDED', amountMinor: 1_000n },
      ]);
    }),
  );

  it(
    'sends back a whole payment',
    conforms(async () => {
      const payment = await paid();
      await harness.provider.createRefund(refundOf(payment, 1_250n));
      await harness.work();
      expect((await newsOf(payment)).at(-1)).toMatchObject({ kind: 'refund', amountMinor: 1_250n });
    }),
  );

  it(
    'refuses to send back what was never paid',
    conforms(async () => {
      const nothing = { providerPaymentId: 'pi_nobody', reference: 'pay_nobody' };
      await expect(harness.provider.createRefund(refundOf(nothing, 1n))).rejects.toThrow(PaymentRefused);
    }),
  );

  it(
    'tells that a payment is disputed, and how that ends',
    conforms(async () => {
      const payment = await paid({ token: harness.tokens.disputed });
      await harness.loseDisputes();
      const disputes = (await newsOf(payment)).filter((news) => news.kind === 'dispute');
      expect(disputes).toMatchObject([
        { status: 'OPEN', amountMinor: 1_250n, currency: 'EUR' },
        { status: 'LOST', amountMinor: 1_250n },
      ]);
      expect(new Set(disputes.map((news) => news.kind === 'dispute' && news.providerDisputeId)).size).toBe(1);
    }),
  );

  it(
    'takes its own webhooks, the same one as the same event',
    conforms(async () => {
      await paid();
      const [body = ''] = await harness.told();
      const headers = harness.sign(body, harness.now());
      const { provider } = harness;
      const event = await provider.verifyWebhook(Buffer.from(body), headers);
      expect(await provider.verifyWebhook(Buffer.from(body), headers)).toEqual(event);
      expect(event).toMatchObject({ account: '', body, type: harness.typeOf(body) });
      expect(event.id).toMatch(/\w+/);
    }),
  );

  it(
    'refuses webhooks that are not signed, wrongly signed, changed, or too old',
    conforms(async () => {
      await paid();
      const [body = ''] = await harness.told();
      const good = harness.sign(body, harness.now());
      const old = new Date(harness.now().getTime() - harness.toleranceMs - 60_000);
      const wrong = Object.fromEntries(
        Object.entries(good).map(([name, value]) => [
          name,
          value.replace(/[0-9a-f]{4}(?=[^0-9a-f]*$)/i, (end) => (end === 'beef' ? 'cafe' : 'beef')),
        ]),
      );
      const cases: [string, string, object][] = [
        ['not signed', body, {}],
        ['wrongly signed', body, wrong],
        ['changed', body.replace(/1250|12\.50/, '1.00'), good],
        ['too old', body, harness.sign(body, old)],
        ['no event', '{"id":"x"}', harness.sign('{"id":"x"}', harness.now())],
        ['no JSON', '{', harness.sign('{', harness.now())],
      ];
      for (const [what, sent, headers] of cases) {
        const refusal = harness.provider.verifyWebhook(Buffer.from(sent), headers as Record<string, string>);
        expect({ what, error: await refusal.catch((error: unknown) => error) }).toEqual({
          what,
          error: expect.any(WebhookRefused),
        });
      }
    }),
  );

  it(
    'lists everything that it told since a time, in pages',
    conforms(async () => {
      for (let made = 0; made < 3; made += 1) await paid();
      const listed: string[] = [];
      for await (const event of harness.provider.fetchEvents(new Date(0))) listed.push(event.id);
      const told = (await harness.told()).map((body) => harness.idOf(body));
      expect(told.length).toBeGreaterThan(6);
      expect([...listed].sort()).toEqual([...told].sort());
      const none: unknown[] = [];
      for await (const event of harness.provider.fetchEvents(new Date(harness.now().getTime() + 60_000)))
        none.push(event);
      expect(none).toEqual([]);
    }),
  );

  it.each(['down', 'cut', 'silent'] as const)(
    'makes one payment in the end when it is %s the first time',
    async (trouble) => {
      const provider = guarded(harness.provider, { log: silentLog });
      const hasty = guarded(harness.provider, { log: silentLog, timeoutMs: 1_000 });
      await provider.createPayment(request());
      const asked = request();
      harness.failNext(trouble);
      const first = await hasty.createPayment(asked).catch((error: unknown) => error);
      // Stripe's library asks once more by itself, with the same key, when the connection is lost.
      const isAskedAgain = trouble === 'cut' && !(first instanceof Error);
      expect(first).toMatchObject(isAskedAgain ? {} : { code: 'UNAVAILABLE' });
      const { providerPaymentId } = await provider.createPayment(asked);
      expect(await provider.createPayment(asked)).toMatchObject({ providerPaymentId });
      await harness.work();
      const news = await newsOf({ ...asked, providerPaymentId });
      expect(news.filter((each) => each.kind === 'payment' && each.status === 'CAPTURED')).toHaveLength(1);
      expect(harness.violations()).toEqual([]);
    },
  );

  it('does not send money back twice when its answer is lost', async () => {
    const payment = await paid();
    const provider = guarded(harness.provider, { log: silentLog });
    const asked = refundOf(payment, 1_000n);
    harness.failNext('cut');
    await provider.createRefund(asked).catch(() => undefined);
    await provider.createRefund(asked);
    await harness.work();
    expect((await newsOf(payment)).filter((news) => news.kind === 'refund')).toHaveLength(1);
  });
});
