import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aViewer, auditLines } from '@diaspora/kit/testing';
import type { Notification } from '../__generated__/prisma/client.js';
import { sessionIds } from '../ids.js';
import { deliverTo, runTask } from '../testing/bus.js';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { startTarget, type Target } from '../testing/http-target.js';
import webPush from 'web-push';
import { maxAttempts } from './rules.js';

const { publicKey, privateKey } = webPush.generateVAPIDKeys();
const vapid = { publicKey, privateKey, subject: 'mailto:ops@example.org' };
const log = `query ($filter: NotificationDeliveryFilter) {
  notificationDeliveries(first: 50, filter: $filter) { nodes { id status reason type channel attempts { number outcome } } }
}`;
const replay = `mutation ($input: ReplayNotificationDeliveryInput!) {
  replayNotificationDelivery(input: $input) { delivery { id status } userErrors { code } }
}`;

describe('a push notification', () => {
  let messaging: Messaging;
  let use: ReturnType<typeof delivering>;
  let service: Target;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => {
    messaging = await givenMessaging({ config: { TARGETS_OPEN: true, push: { fcm: null, vapid } } });
    use = delivering(messaging);
    service = await startTarget();
  });
  afterAll(async () => {
    await service.stop();
    await messaging.stop();
  });
  beforeEach(async () => {
    service.answer(() => ({ status: 201 }));
    service.taken.length = 0;
    [ana, ben] = [await use.person('Ana'), await use.person('Ben')];
  });

  const only = async () => {
    const [delivery, ...others] = await use.deliveriesTo(ana, 'PUSH');
    expect(others).toEqual([]);
    return delivery!;
  };
  const change = async (data: Partial<Notification>) => {
    await messaging.db.notification.updateMany({ where: { recipientId: ana.id }, data });
  };

  it('goes to each device once, and its attempt is on record', async () => {
    await use.device(ana, service.url);
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    await use.work();
    await use.work();
    expect(service.taken).toHaveLength(2);
    expect(await use.deliveriesTo(ana, 'PUSH')).toMatchObject(
      [1, 2].map(() => ({
        ...{ status: 'SENT', attemptCount: 1 },
        attempts: [{ provider: 'web-push', outcome: 'SENT', detail: null }],
      })),
    );
    const { data } = await ana.execute(
      '{ notifications(first: 1) { nodes { deliveries { channel status attempts { number } } } } }',
    );
    expect(data.notifications.nodes[0].deliveries).toContainEqual({
      ...{ channel: 'PUSH', status: 'SENT' },
      attempts: [{ number: 1 }],
    });
  });

  it('is sent once by two workers who have it at the same time', async () => {
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    const { id: deliveryId } = await only();
    const other = { ...messaging, ...messaging.anotherProcess() };
    await Promise.all(
      [messaging, other, messaging, other].map((each) => runTask(each, 'deliver', { deliveryId })),
    );
    expect(service.taken).toHaveLength(1);
    expect((await only()).status).toBe('SENT');
  });

  it('is not sent again when the process died in the attempt: nobody knows whether it was', async () => {
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    // As a process leaves it that is killed between the record and the outcome.
    const { id } = await only();
    const status = 'SENDING' as const;
    await messaging.db.delivery.update({ where: { id }, data: { status, attemptCount: 1 } });
    const attempt = { id, deliveryId: id, number: 1, provider: 'web-push', startedAt: messaging.clock.now() };
    await messaging.db.deliveryAttempt.create({ data: attempt });
    await use.work();
    expect((await only()).status).toBe('SENDING');
    use.pass(2);
    await use.work();
    expect(await only()).toMatchObject({ status: 'UNCONFIRMED', reason: 'CUT_SHORT' });
    use.pass(60 * 24);
    await use.work();
    expect(service.taken).toHaveLength(0);
  });

  it('is not sent again when the service fell silent after it had the request', async () => {
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    service.answer(() => 'silence');
    await use.work();
    use.pass(60 * 24);
    await use.work();
    expect(service.taken).toHaveLength(1);
    expect((await only()).status).toBe('UNCONFIRMED');
  });

  it('is tried again on the same row, later each time and not before the service asks, then is a dead letter', async () => {
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    service.answer(() => ({ status: 429, headers: { 'retry-after': '600' } }));
    const { notBefore: first } = await only();
    await use.work();
    expect((await only()).notBefore.getTime() - first.getTime()).toBe(600_000);
    use.pass(9);
    await use.work();
    expect(service.taken).toHaveLength(1);
    service.answer(() => ({ status: 503 }));
    for (let attempt = 1; attempt < maxAttempts; attempt++) {
      use.pass(60 * 6);
      await use.work();
    }
    expect(service.taken).toHaveLength(maxAttempts);
    expect(await only()).toMatchObject({ status: 'FAILED', reason: 'HTTP 503', attemptsLeft: 0 });
    expect(await messaging.published(ana.publicId, 'delivery.failed')).toMatchObject([
      { channel: 'PUSH', reason: 'HTTP 503' },
    ]);
  });

  it('that was given up is listed and sent again by a super user, which is on record, and by nobody else', async () => {
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    service.answer(() => ({ status: 400 }));
    await use.work();
    const root = messaging.as(aViewer({ roles: ['SUPER_USER', 'REGULAR'] }));
    const { data } = await root.execute(log, { filter: { statuses: ['FAILED'], channel: 'PUSH' } });
    const [letter] = data.notificationDeliveries.nodes;
    expect(letter).toMatchObject({
      type: 'POST_COMMENTED',
      reason: 'HTTP 400',
      attempts: [{ outcome: 'REFUSED' }],
    });
    expect(JSON.stringify(data)).not.toContain(ana.publicId);
    const input = { deliveryId: letter.id as string };
    service.answer(() => ({ status: 201 }));
    const answer = await root.execute(replay, { input });
    expect(answer.data.replayNotificationDelivery.delivery).toMatchObject({ status: 'PENDING' });
    await use.work();
    expect(await only()).toMatchObject({ status: 'SENT', attemptCount: 2 });
    expect(await auditLines(messaging.db, input.deliveryId)).toMatchObject([
      { action: 'delivery.replayed', personId: ana.id },
    ]);
    const again = await root.execute(replay, { input });
    expect(again.data.replayNotificationDelivery.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
  });

  it.each(['404', '410'])('drops the device of which the service says %s', async (status) => {
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    service.answer(() => ({ status: Number(status) }));
    await use.work();
    expect(await only()).toMatchObject({ status: 'SKIPPED', reason: 'TARGET_GONE' });
    expect(await messaging.db.device.count({ where: { personId: ana.id } })).toBe(0);
  });

  it.each([
    ['was read', 'READ', () => change({ readAt: messaging.clock.now() })],
    ['was put away', 'READ', () => change({ archivedAt: messaging.clock.now() })],
    ['was taken back', 'WITHDRAWN', () => change({ withdrawnAt: messaging.clock.now() })],
    ['was turned off', 'TURNED_OFF', () => use.choose(ana, { channel: 'PUSH', cadence: 'OFF' })],
    [
      'is of somebody who is blocked now',
      'BLOCKED',
      () =>
        deliverTo(messaging, 'user.blocked', { personId: ana.publicId, otherId: ben.publicId, version: 1 }),
    ],
    ['is of days ago', 'OUTDATED', async () => use.pass(60 * 24 * 3 + 1)],
    ['has no device any more', 'TARGET_GONE', () => messaging.db.device.deleteMany({})],
  ])('is not sent when it %s in the meantime', async (_name, reason, happen) => {
    await use.device(ana, service.url);
    await use.comment(ana, ben);
    await happen();
    await use.work();
    expect(await only()).toMatchObject({ status: 'SKIPPED', reason, attemptCount: 0 });
    expect(service.taken).toEqual([]);
  });

  describe('in quiet hours', () => {
    const untilTen = { timeZone: 'UTC', quietHours: { from: '00:00', until: '23:59' } };
    beforeEach(async () => {
      use.pass(60);
      await use.device(ana, service.url);
      await use.setTimes(ana, untilTen);
    });

    it('waits for their end on the same row', async () => {
      await use.comment(ana, ben);
      await use.work();
      expect(service.taken).toEqual([]);
      const { id, notBefore } = await only();
      expect(notBefore.toISOString()).toMatch(/T23:59:00/);
      messaging.clock.advance(notBefore.getTime() - messaging.clock.now().getTime());
      await use.work();
      expect(await only()).toMatchObject({ id, status: 'SENT' });
    });

    it('that were chosen after it was made, waits too', async () => {
      await use.setTimes(ana, { quietHours: null });
      await use.comment(ana, ben);
      await use.setTimes(ana, untilTen);
      await use.work();
      expect(await only()).toMatchObject({ status: 'PENDING', attemptCount: 0 });
      expect(service.taken).toEqual([]);
    });

    it('is sent at once when it is about the safety of the account, and cannot be turned off', async () => {
      await use.choose(ana, { channel: 'PUSH', cadence: 'OFF' });
      const refused = await use.choose(ana, { type: 'SESSION_COPIED', channel: 'PUSH', cadence: 'OFF' });
      expect(refused.data.setNotificationRule.userErrors).toEqual([
        { code: 'INVALID_INPUT', path: ['type'] },
      ]);
      const end = { userId: ana.publicId, reason: 'REFRESH_TOKEN_REPLAYED' };
      await deliverTo(messaging, 'session.revoked', {
        ...end,
        sessionId: sessionIds.encode(sessionIds.create()),
      });
      await use.work();
      expect(service.taken).toHaveLength(1);
    });
  });
});
