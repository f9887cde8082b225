import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { givenMessaging, type Messaging } from '../testing/given.js';
import { startTarget, type Target } from '../testing/http-target.js';
import { partnering, type MadeWebhook } from '../testing/webhooks.js';

describe('a webhook where nothing is taken', () => {
  let messaging: Messaging;
  let use: ReturnType<typeof partnering>;
  let receiver: Target;
  let made: MadeWebhook;
  beforeAll(async () => {
    receiver = await startTarget();
    messaging = await givenMessaging({
      config: { TARGETS_INNER_HOSTS: [new URL(receiver.url).host] },
    });
    use = partnering(messaging);
  });
  afterAll(async () => {
    await receiver.stop();
    await messaging.stop();
  });
  beforeEach(async () => {
    await messaging.db.webhook.updateMany({ data: { status: 'REMOVED' } });
    receiver.taken.length = 0;
    receiver.answer(() => ({ status: 500 }));
    made = await use.webhook({ url: receiver.url });
  });

  const statuses = async () => (await use.deliveriesOf(made)).map(({ status }) => status);

  it('is turned off after three days and twelve attempts, is told of as such, and keeps what comes', async () => {
    await use.callOff();
    await use.work();
    await use.workFor(70, 60);
    expect(await use.rowOf(made)).toMatchObject({ status: 'ENABLED', failuresInARow: 10 });
    await use.callOff();
    await use.workFor(2, 60);
    await use.workFor(1, 20);
    expect(await use.rowOf(made)).toMatchObject({ status: 'DISABLED', disabledReason: 'FAILING' });
    expect(await messaging.published(made.id, 'webhook.disabled')).toMatchObject([
      { webhookId: made.id, reason: 'FAILING' },
    ]);
    expect(await auditLines(messaging.db, made.id)).toMatchObject([
      { action: 'webhook.created' },
      { action: 'webhook.disabled' },
    ]);
    const sent = receiver.taken.length;
    await use.callOff();
    await use.work();
    expect(await statuses()).toEqual(['FAILED', 'HELD', 'HELD']);
    expect(receiver.taken).toHaveLength(sent);
  });

  it('stays on while something is taken now and then', async () => {
    for (let day = 0; day < 5; day++) {
      receiver.answer(() => ({ status: 500 }));
      await use.callOff();
      await use.work();
      await use.workFor(20, 60);
      receiver.answer(() => ({ status: 200 }));
      await use.workFor(9, 60);
    }
    expect(await use.rowOf(made)).toMatchObject({ status: 'ENABLED', failingSince: null });
  });

  it('and that says it is gone is turned off at once', async () => {
    receiver.answer(() => ({ status: 410 }));
    await use.callOff();
    await use.callOff();
    await use.work();
    expect(await use.rowOf(made)).toMatchObject({ status: 'DISABLED', disabledReason: 'GONE' });
    expect(await messaging.published(made.id, 'webhook.disabled')).toMatchObject([{ reason: 'GONE' }]);
    expect(await statuses()).toEqual(['HELD', 'HELD']);
  });

  it('and that is turned on again is sent what comes from then on, as if nothing had failed', async () => {
    receiver.answer(() => ({ status: 410 }));
    await use.callOff();
    await use.work();
    receiver.answer(() => ({ status: 200 }));
    receiver.taken.length = 0;
    await use.change('enableWebhook', { webhookId: made.id });
    await use.callOff();
    await use.work();
    expect(await statuses()).toEqual(['HELD', 'DELIVERED']);
    expect(receiver.taken).toHaveLength(1);
    expect(await use.rowOf(made)).toMatchObject({
      failuresInARow: 0,
      failingSince: null,
      disabledReason: null,
    });
  });

  it('and that a super user turns off sends nothing of what was on its way', async () => {
    await use.callOff();
    await use.change('disableWebhook', { webhookId: made.id, reason: 'Moving' });
    await use.work();
    expect(receiver.taken).toEqual([]);
    expect(await statuses()).toEqual(['HELD']);
    expect(await messaging.published(made.id, 'webhook.disabled')).toEqual([]);
  });
});
