import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { webhookIds } from '../ids.js';
import { deliverTo } from '../testing/bus.js';
import { type Member } from '../testing/given.js';
import { givenPartner, type MadeWebhook, type Partner } from '../testing/webhooks.js';

describe('a webhook where nothing is taken', () => {
  let partner: Partner;
  let messaging: Partner['messaging'];
  let use: Partner['use'];
  let receiver: Partner['receiver'];
  let made: MadeWebhook;
  beforeAll(async () => {
    partner = await givenPartner();
    ({ messaging, use, receiver } = partner);
  });
  afterAll(() => partner.stop());
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

  it('is a notice to all who run the platform, and to nobody who does not, once', async () => {
    const [ana, ben, cleo] = await Promise.all([1, 2, 3].map(() => messaging.given.member()));
    const standing = async ({ publicId }: Member, isSuperUser: boolean) => {
      const data = { userId: publicId, isSuperUser, changedAt: messaging.clock.now().toISOString() };
      await deliverTo(messaging, 'superUser.changed', data);
    };
    await standing(ana!, true);
    await standing(ben!, true);
    await standing(ben!, false);
    receiver.answer(() => ({ status: 410 }));
    await use.callOff();
    await use.work();
    await use.work();
    const told = await messaging.db.notification.findMany({ where: { type: 'WEBHOOK_DISABLED' } });
    expect(told.filter(({ subjectId }) => subjectId === webhookIds.decode(made.id))).toHaveLength(2);
    expect(told.map(({ recipientId }) => recipientId)).not.toContain(ben!.id);
    expect(told.map(({ recipientId }) => recipientId)).not.toContain(cleo!.id);
    const root = messaging.as({ ...ana!.viewer, roles: ['SUPER_USER', 'REGULAR'] });
    const seen = '{ notifications(first: 5) { nodes { type subject { __typename id } } } }';
    const { data } = await root.execute(seen);
    expect(data.notifications.nodes).toContainEqual({
      ...{ type: 'WEBHOOK_DISABLED', subject: { __typename: 'Webhook', id: made.id } },
    });
    // Who was one when it was told, and is none any more, sees nothing of the webhook.
    const { data: later } = await ana!.execute(seen);
    expect(later.notifications.nodes).toContainEqual({ type: 'WEBHOOK_DISABLED', subject: null });
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
