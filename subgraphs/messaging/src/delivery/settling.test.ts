import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitingForLocks } from '@diaspora/kit/testing';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Messaging } from '../testing/given.js';

describe('an attempt', () => {
  let messaging: Messaging;
  let use: ReturnType<typeof delivering>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    use = delivering(messaging);
  });
  afterAll(() => messaging.stop());

  it('is settled while another worker has its delivery', async () => {
    const [ana, ben] = [await use.person('Ana'), await use.person('Ben')];
    await use.choose(ana, { type: 'POST_COMMENTED', channel: 'EMAIL', cadence: 'IMMEDIATE' });
    await use.comment(ana, ben);
    await use.work();
    const [delivery] = await use.deliveriesTo(ana, 'EMAIL');
    const id = delivery!.attempts[0]!.id;
    let settled: Promise<void>;
    await messaging.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT FROM deliveries WHERE id = ${delivery!.id}::uuid FOR UPDATE`;
      settled = use.settle(id, 'SENT');
      await waitingForLocks(messaging.pool);
      await tx.deliveryAttempt.update({ where: { id }, data: { detail: 'looked at' } });
    });
    await settled!;
    expect(await use.deliveriesTo(ana, 'EMAIL')).toMatchObject([{ status: 'SENT' }]);
  });
});
