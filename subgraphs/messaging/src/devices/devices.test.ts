import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sessionIds } from '../ids.js';
import { deliverTo } from '../testing/bus.js';
import { aBrowser, register } from '../testing/delivering.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const list = '{ notificationDevices { id installationId platform name } }';
const remove = `mutation ($input: RemoveNotificationDeviceInput!) {
  removeNotificationDevice(input: $input) { devices { id } userErrors { code path } }
}`;

describe('devices', () => {
  let messaging: Messaging;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => {
    messaging = await givenMessaging();
  });
  afterAll(() => messaging.stop());
  beforeEach(async () => {
    [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
  });

  const telephone = (overrides: object = {}) => ({
    ...{ installationId: 'telephone-1', platform: 'ANDROID', name: 'Pixel', fcmToken: 'token:A-1_x' },
    ...overrides,
  });
  const add = (person: Member, input: object) => person.execute(register, { input });
  const devicesOf = async (person: Member) => (await person.execute(list)).data.notificationDevices;

  it('are registered, listed for their owner only, and removed by nobody else', async () => {
    const token = `secret-${ana.id}`;
    const answer = await add(ana, telephone({ fcmToken: token }));
    const { device } = answer.data.registerNotificationDevice;
    expect(device).toMatchObject({ installationId: 'telephone-1', platform: 'ANDROID', name: 'Pixel' });
    expect(await devicesOf(ana)).toEqual([device]);
    expect(await devicesOf(ben)).toEqual([]);
    expect(JSON.stringify(await messaging.db.device.findMany())).not.toContain(token);
    const input = { deviceId: device.id as string };
    const refused = await ben.execute(remove, { input });
    expect(refused.data.removeNotificationDevice.userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['deviceId'] },
    ]);
    const removed = await ana.execute(remove, { input });
    expect(removed.data.removeNotificationDevice).toEqual({ devices: [], userErrors: [] });
  });

  it('stay the same when their token changes', async () => {
    const first = await add(ana, telephone());
    const second = await add(ana, telephone({ fcmToken: 'token:B', name: null }));
    const [one, other] = [first, second].map(({ data }) => data.registerNotificationDevice.device.id);
    expect(other).toBe(one);
    expect(await devicesOf(ana)).toMatchObject([{ id: one, name: null }]);
  });

  it('belong to whoever registered the token last, also when two do at once', async () => {
    const fcmToken = `shared-${ana.id}`;
    await add(ana, telephone({ fcmToken }));
    await add(ben, telephone({ fcmToken }));
    expect([await devicesOf(ana), (await devicesOf(ben)).length]).toEqual([[], 1]);
    const both = [ana, ben, ana, ben].map((person) => add(person, telephone({ fcmToken })));
    for (const { errors } of await Promise.all(both)) expect(errors).toEqual([]);
    expect((await devicesOf(ana)).length + (await devicesOf(ben)).length).toBe(1);
  });

  it('go with the session in which they were registered', async () => {
    await add(ana, telephone());
    const ended = (sessionId: string) => ({ userId: ana.publicId, reason: 'SIGNED_OUT', sessionId });
    await deliverTo(messaging, 'session.revoked', ended(sessionIds.encode(sessionIds.create())));
    expect(await devicesOf(ana)).toHaveLength(1);
    await deliverTo(messaging, 'session.revoked', ended(sessionIds.encode(ana.viewer.sessionId)));
    expect(await devicesOf(ana)).toEqual([]);
  });

  it('are twenty at most: the one that was registered longest ago makes room', async () => {
    for (let count = 0; count < 21; count++) {
      messaging.clock.advance(1_000);
      await add(ana, telephone({ installationId: `i-${count}`, fcmToken: `t-${ana.id}-${count}` }));
    }
    const names = (await devicesOf(ana)).map(
      ({ installationId }: { installationId: string }) => installationId,
    );
    expect(names).toHaveLength(20);
    expect(names).not.toContain('i-0');
  });

  const { webPush } = aBrowser('https://push.example.org');
  it.each([
    ['neither token nor subscription', { fcmToken: null }, ['fcmToken']],
    ['both', { webPush }, ['fcmToken']],
    ['a token that is none', { fcmToken: 'a b' }, ['fcmToken']],
    [
      'a key of another length',
      { fcmToken: null, webPush: { ...webPush, p256dh: 'AAAA' } },
      ['webPush', 'p256dh'],
    ],
    [
      'an address without TLS',
      { fcmToken: null, webPush: { ...webPush, endpoint: 'http://push.example.org/' } },
      ['webPush', 'endpoint'],
    ],
    [
      'an address in the own network',
      { fcmToken: null, webPush: { ...webPush, endpoint: 'https://10.0.0.1/' } },
      ['webPush', 'endpoint'],
    ],
    [
      'the metadata service of a cloud',
      { fcmToken: null, webPush: { ...webPush, endpoint: 'https://169.254.169.254/' } },
      ['webPush', 'endpoint'],
    ],
    [
      'this machine by another name',
      { fcmToken: null, webPush: { ...webPush, endpoint: 'https://[::ffff:127.0.0.1]/' } },
      ['webPush', 'endpoint'],
    ],
  ])('are refused with %s', async (_name, overrides, path) => {
    const { data } = await add(ana, telephone(overrides));
    expect(data.registerNotificationDevice).toMatchObject({
      device: null,
      userErrors: [{ code: 'INVALID_INPUT', path }],
    });
  });
});
