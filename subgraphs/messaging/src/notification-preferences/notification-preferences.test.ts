import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { conversationIds, eventIds, postIds } from '../ids.js';
import { deliverTo } from '../testing/bus.js';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const preferences = `{ notificationPreferences {
  rules { type channel cadence chosen because }
  channels { channel chosen }
  times { timeZone digestHour digestWeekday quietHours { from until } }
  silences(first: 10) { nodes { kind until subject { __typename id } } }
} }`;
const silence = `mutation ($input: SilenceNotificationsInput!) {
  silenceNotifications(input: $input) { silence { kind until } userErrors { code path } }
}`;
const endSilence = `mutation ($input: EndNotificationSilenceInput!) {
  endNotificationSilence(input: $input) { userErrors { code path } }
}`;
const inbox = '{ notifications(first: 10) { nodes { type } } unreadNotificationCount }';

describe('the choices of a person', () => {
  let messaging: Messaging;
  let use: ReturnType<typeof delivering>;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => {
    messaging = await givenMessaging();
    use = delivering(messaging);
  });
  afterAll(() => messaging.stop());
  beforeEach(async () => {
    [ana, ben] = [await use.person('Ana'), await use.person('Ben')];
  });

  const read = async (person: Member) => (await person.execute(preferences)).data.notificationPreferences;
  const rule = async (type: string, channel: string) =>
    (await read(ana)).rules.find(
      (each: { type: string; channel: string }) => each.type === type && each.channel === channel,
    );
  const told = async () =>
    (await ana.execute(inbox)).data.notifications.nodes.map(({ type }: { type: string }) => type);

  it('are those of each type and channel, and nobody else’s', async () => {
    await use.choose(ana, { channel: 'EMAIL', cadence: 'WEEKLY' });
    await use.choose(ana, { type: 'FOLLOWED', channel: 'EMAIL', cadence: 'OFF' });
    expect(await rule('FOLLOWED', 'EMAIL')).toMatchObject({ cadence: 'OFF', chosen: 'OFF', because: 'TYPE' });
    expect(await rule('EVENT_INVITED', 'EMAIL')).toMatchObject({
      cadence: 'WEEKLY',
      chosen: null,
      because: 'CHANNEL',
    });
    expect(await rule('EVENT_INVITED', 'PUSH')).toMatchObject({ cadence: 'IMMEDIATE', because: 'USUAL' });
    expect(await rule('SESSION_COPIED', 'PUSH')).toMatchObject({ because: 'SECURITY' });
    expect(new Set((await read(ben)).rules.map(({ because }: { because: string }) => because))).toEqual(
      new Set(['USUAL', 'SECURITY']),
    );
    await use.choose(ana, { type: 'FOLLOWED', channel: 'EMAIL', cadence: null });
    expect(await rule('FOLLOWED', 'EMAIL')).toMatchObject({ cadence: 'WEEKLY', because: 'CHANNEL' });
  });

  it('put only mails together', async () => {
    const { data } = await use.choose(ana, { channel: 'PUSH', cadence: 'DAILY' });
    expect(data.setNotificationRule.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['cadence'] }]);
  });

  it('of times keep what is absent, and null is as usual', async () => {
    await use.setTimes(ana, { timeZone: 'Europe/Berlin', quietHours: { from: '22:30', until: '07:00' } });
    const { data } = await use.setTimes(ana, { digestHour: 18 });
    expect(data.setNotificationTimes.preferences.times).toEqual({
      ...{ timeZone: 'Europe/Berlin', digestHour: 18, quietHours: { from: '22:30', until: '07:00' } },
    });
    await use.setTimes(ana, { timeZone: null, quietHours: null, digestHour: null });
    expect((await read(ana)).times).toEqual({
      timeZone: 'UTC',
      digestHour: 8,
      digestWeekday: 1,
      quietHours: null,
    });
  });

  it.each([
    ['no time of day', { quietHours: { from: '25:00', until: '07:00' } }, ['quietHours', 'from']],
    ['a whole day', { quietHours: { from: '07:00', until: '07:00' } }, ['quietHours']],
    ['no hour', { digestHour: 24 }, ['digestHour']],
    ['no day of the week', { digestWeekday: 0 }, ['digestWeekday']],
  ])('of times are refused with %s', async (_name, input, path) => {
    const { data } = await use.setTimes(ana, input);
    expect(data.setNotificationTimes.userErrors).toEqual([{ code: 'INVALID_INPUT', path }]);
  });

  it('keep out of the inbox what is not wanted there, and let it come by other ways', async () => {
    await use.choose(ana, { type: 'POST_COMMENTED', channel: 'IN_APP', cadence: 'OFF' });
    await use.choose(ana, { type: 'POST_COMMENTED', channel: 'EMAIL', cadence: 'IMMEDIATE' });
    await use.comment(ana, ben);
    expect(await told()).toEqual([]);
    expect((await ana.execute(inbox)).data.unreadNotificationCount).toBe(0);
    await use.work();
    expect(await use.mailsTo(ana)).toHaveLength(1);
    expect(await messaging.published(ana.publicId, 'notification.created')).toEqual([]);
  });

  it('mute a post with its comments, and nothing else, until that is ended', async () => {
    const postId = postIds.encode(postIds.create());
    await ana.execute(silence, { input: { subjectId: postId, kind: 'MUTED' } });
    await use.comment(ana, ben, postId);
    expect(await told()).toEqual([]);
    await use.comment(ana, ben);
    expect(await told()).toEqual(['POST_COMMENTED']);
    expect((await read(ana)).silences.nodes).toEqual([
      { kind: 'MUTED', until: null, subject: { __typename: 'Post', id: postId } },
    ]);
    await ana.execute(endSilence, { input: { subjectId: postId } });
    await use.comment(ana, ben, postId);
    expect(await told()).toHaveLength(2);
  });

  it('snooze an event: the inbox has it, the rest comes when that ends', async () => {
    await use.choose(ana, { channel: 'EMAIL', cadence: 'IMMEDIATE' });
    const eventId = eventIds.encode(eventIds.create());
    const until = new Date(messaging.clock.now().getTime() + 3_600_000).toISOString();
    await ana.execute(silence, { input: { subjectId: eventId, kind: 'SNOOZED', until } });
    await deliverTo(messaging, 'eventInvitation.sent', {
      ...{ invitationId: `inv-${ana.id}`, eventId, userId: ana.publicId, inviterId: ben.publicId },
    });
    await use.work();
    expect([await told(), await use.mailsTo(ana)]).toEqual([['EVENT_INVITED'], []]);
    use.pass(60);
    await use.work();
    expect(await use.mailsTo(ana)).toHaveLength(1);
    expect((await read(ana)).silences.nodes).toEqual([]);
  });

  it.each([
    [
      'of nothing that goes on',
      { subjectId: 'usr_00000000000000000000000000', kind: 'MUTED' },
      ['subjectId'],
    ],
    [
      'without an end',
      { subjectId: conversationIds.encode(conversationIds.create()), kind: 'SNOOZED' },
      ['until'],
    ],
    [
      'that are over',
      {
        subjectId: conversationIds.encode(conversationIds.create()),
        kind: 'MUTED',
        until: '2020-01-01T00:00:00.000Z',
      },
      ['until'],
    ],
  ])('refuse silences %s', async (_name, input, path) => {
    const { data } = await ana.execute(silence, { input });
    expect(data.silenceNotifications.userErrors).toEqual([{ code: 'INVALID_INPUT', path }]);
  });
});
