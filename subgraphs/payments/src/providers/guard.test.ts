import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@diaspora/kit/testing';
import { guarded, PaymentRefused, WebhookRefused, type PaymentProvider } from './index.js';

const never = () => new Promise<never>(() => undefined);

/** A provider that does what it is told, and counts what it is asked. */
function aProvider() {
  const provider = { calls: 0, answer: async (): Promise<unknown> => ({ providerPaymentId: 'x' }) };
  const ask = async () => {
    provider.calls += 1;
    return provider.answer();
  };
  async function* fetchEvents() {
    yield await ask();
  }
  const all = { name: 'one', createPayment: ask, createRefund: ask, saveMethod: ask, completeMethod: ask };
  const rest = { forgetMethod: ask, verifyWebhook: ask, capturePayment: ask, createCustomer: ask };
  return { told: provider, provider: { ...all, ...rest, fetchEvents } as unknown as PaymentProvider };
}

/** A pause that no machine is slow enough for. */
const options = { log: silentLog, timeoutMs: 50, failures: 3, pauseMs: 3_600_000 };
const pay = (provider: PaymentProvider) => provider.createPayment({} as never);
const unavailable = { code: 'UNAVAILABLE' };

describe('asking a provider that is not well', () => {
  it('gives a call up that takes too long', async () => {
    const { told, provider } = aProvider();
    told.answer = never;
    await expect(pay(guarded(provider, options))).rejects.toMatchObject(unavailable);
  });

  it('leaves one alone that failed again and again, and answers at once', async () => {
    const { told, provider } = aProvider();
    const guard = guarded(provider, options);
    told.answer = async () => Promise.reject(new Error('down'));
    for (let tried = 0; tried < 5; tried += 1) await expect(pay(guard)).rejects.toMatchObject(unavailable);
    expect(told.calls).toBe(3);
    await expect(guard.createRefund({} as never)).rejects.toMatchObject(unavailable);
    await expect(guard.fetchEvents(new Date())[Symbol.asyncIterator]().next()).rejects.toMatchObject(
      unavailable,
    );
    expect(told.calls).toBe(3);
  });

  it('tries it again after a pause, and goes on when it answers', async () => {
    const { told, provider } = aProvider();
    const guard = guarded(provider, { ...options, failures: 1, pauseMs: 1 });
    const { answer } = told;
    told.answer = async () => Promise.reject(new Error('down'));
    await expect(pay(guard)).rejects.toMatchObject(unavailable);
    told.answer = answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await pay(guard)).toEqual({ providerPaymentId: 'x' });
    expect(await pay(guard)).toEqual({ providerPaymentId: 'x' });
  });

  it.each([new PaymentRefused('no'), new WebhookRefused('not signed')])(
    'takes %s for an answer',
    async (refusal) => {
      const { told, provider } = aProvider();
      const guard = guarded(provider, options);
      told.answer = async () => Promise.reject(refusal);
      for (let tried = 0; tried < 8; tried += 1) await expect(pay(guard)).rejects.toBe(refusal);
      expect(told.calls).toBe(8);
    },
  );

  it('stops no charges for webhooks that cannot be checked, and no webhooks for charges that fail', async () => {
    const { told, provider } = aProvider();
    const guard = guarded(provider, options);
    const { answer } = told;
    const verify = () => guard.verifyWebhook(Buffer.from('{}'), {});
    told.answer = async () => Promise.reject(new Error('400 from whoever posts'));
    for (let posted = 0; posted < 5; posted += 1) await expect(verify()).rejects.toMatchObject(unavailable);
    told.answer = answer;
    expect(await pay(guard)).toEqual({ providerPaymentId: 'x' });

    const other = guarded(provider, options);
    told.answer = async () => Promise.reject(new Error('down'));
    for (let tried = 0; tried < 5; tried += 1) await expect(pay(other)).rejects.toMatchObject(unavailable);
    told.answer = answer;
    await other.verifyWebhook(Buffer.from('{}'), {});
  });
});
