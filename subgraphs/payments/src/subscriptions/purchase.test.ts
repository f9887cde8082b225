import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cards, givenPayments, purchase, subscribe, viewerSubscription } from '../testing/given.js';

describe('buying a plan', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments();
  });
  afterAll(() => payments.stop());

  const current = async (viewer: Parameters<typeof payments.as>[0]) =>
    (await payments.as(viewer).execute(viewerSubscription)).data.viewerSubscription;

  it('is pending until the webhook says that the money came, and is told to the others then', async () => {
    const { viewer, publicId } = payments.given.person();
    const answer = await payments.as(viewer).execute(subscribe, purchase());
    expect(answer.data.subscribe).toEqual({
      subscription: {
        id: expect.stringMatching(/^sub_/),
        status: 'PENDING',
        plan: { code: 'PREMIUM_MONTHLY' },
        user: { id: publicId },
      },
      userErrors: [],
    });
    expect(await payments.messages(viewer)).toEqual([]);
    await payments.jobs.drain();
    const { id } = answer.data.subscribe.subscription;
    expect(await current(viewer)).toMatchObject({
      id,
      status: 'ACTIVE',
      currentPeriodStartsAt: '2026-06-01T12:00:00.000Z',
      currentPeriodEndsAt: '2026-07-01T12:00:00.000Z',
    });
    expect(await payments.messages(viewer)).toEqual([
      {
        type: 'payment.captured',
        data: {
          ...{ paymentId: expect.stringMatching(/^pay_/), subscriptionId: id, userId: publicId },
          ...{ amountMinor: '799', currency: 'EUR', capturedAt: '2026-06-01T12:00:00.000Z' },
        },
      },
      {
        type: 'subscription.activated',
        data: {
          ...{ subscriptionId: id, userId: publicId, planCode: 'PREMIUM_MONTHLY' },
          entitlements: expect.arrayContaining(['UNLIMITED_MESSAGING', 'AI_CREDITS']),
          currentPeriodEndsAt: '2026-07-01T12:00:00.000Z',
        },
      },
    ]);
  });
});
