import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import webPush from 'web-push';
import { notificationIds } from '../ids.js';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { startTarget, type Target } from '../testing/http-target.js';
import { startWorkers } from '../testing/workers.js';

const { publicKey, privateKey } = webPush.generateVAPIDKeys();
const vapid = { publicKey, privateKey, subject: 'mailto:ops@example.org' };
const minuteMs = 60_000;

describe('two workers and a clock', () => {
  let messaging: Messaging;
  let other: Messaging;
  let use: ReturnType<typeof delivering>;
  let service: Target;
  let workers: Awaited<ReturnType<typeof startWorkers>>;
  let ana: Member;
  let ben: Member;
  beforeAll(async () => {
    messaging = await givenMessaging({ config: { TARGETS_OPEN: true, push: { fcm: null, vapid } } });
    other = { ...messaging, ...messaging.anotherProcess() };
    use = delivering(messaging);
    service = await startTarget();
    workers = await startWorkers(messaging, [messaging, other]);
  });
  afterAll(async () => {
    await workers.stop();
    await service.stop();
    await messaging.stop();
  });
  beforeEach(async () => {
    service.taken.length = 0;
    [ana, ben] = [await use.person('Ana'), await use.person('Ben')];
  });

  /** It is that time, and what is due by then is done. */
  async function at(time: string | Date, minutesBefore = 0): Promise<void> {
    const target = new Date(time).getTime() - minutesBefore * minuteMs;
    messaging.clock.advance(target - messaging.clock.now().getTime());
    await workers.work();
  }

  it.each([
    ['Europe/Berlin', 'of summer', '2026-07-01T21:00:00Z', '2026-07-02T05:00:00Z'],
    ['Europe/Berlin', 'when clocks go back', '2026-10-24T21:00:00Z', '2026-10-25T06:00:00Z'],
    ['Europe/Berlin', 'when clocks go forward', '2027-03-27T22:00:00Z', '2027-03-28T05:00:00Z'],
    ['America/New_York', 'when clocks go back', '2026-11-01T03:00:00Z', '2026-11-01T12:00:00Z'],
    ['America/New_York', 'when clocks go forward', '2027-03-14T04:00:00Z', '2027-03-14T11:00:00Z'],
    // Summer time is the usual one there, and Ramadan interrupts it.
    [
      'Africa/Casablanca',
      'in which Ramadan turns clocks back',
      '2027-02-06T22:00:00Z',
      '2027-02-07T07:00:00Z',
    ],
    ['Africa/Casablanca', 'in which they go forward again', '2027-03-13T23:00:00Z', '2027-03-14T06:00:00Z'],
    ['Asia/Kolkata', 'half an hour off', '2026-10-24T17:30:00Z', '2026-10-25T01:30:00Z'],
  ])('keep quiet from 22:00 to 07:00 in %s in a night %s', async (timeZone, _night, evening, morning) => {
    await at(evening);
    await use.device(ana, service.url);
    await use.setTimes(ana, { timeZone, quietHours: { from: '22:00', until: '07:00' } });
    await use.comment(ana, ben);
    await workers.work();
    await at(morning, 1);
    expect(service.taken).toHaveLength(0);
    await at(morning);
    expect(service.taken).toHaveLength(1);
    expect(await use.deliveriesTo(ana, 'PUSH')).toMatchObject([
      { status: 'SENT', attemptCount: 1, notBefore: new Date(morning) },
    ]);
  });

  it('keep nothing back in the last minute before quiet hours, and in the first after them', async () => {
    await use.device(ana, service.url);
    await use.setTimes(ana, { timeZone: 'Africa/Casablanca', quietHours: { from: '22:00', until: '07:00' } });
    for (const time of ['2027-02-10T21:59:59Z', '2027-02-11T07:00:00Z']) {
      await at(time);
      await use.comment(ana, ben);
      await workers.work();
    }
    expect(service.taken).toHaveLength(2);
  });

  it.each([
    ['Europe/Berlin', '2027-03-27T12:00:00Z', '2027-03-28T06:00:00Z', '2027-03-29T06:00:00Z'],
    ['America/New_York', '2027-10-31T15:00:00Z', '2027-11-01T12:00:00Z', '2027-11-02T12:00:00Z'],
    ['Africa/Casablanca', '2027-02-06T12:00:00Z', '2027-02-07T08:00:00Z', '2027-02-08T08:00:00Z'],
    ['Asia/Kolkata', '2027-02-06T12:00:00Z', '2027-02-07T02:30:00Z', '2027-02-08T02:30:00Z'],
  ])('send one digest a day at eight in %s, however much comes', async (timeZone, noon, first, second) => {
    await at(noon);
    await use.setTimes(ana, { timeZone });
    const [one, two] = [use, delivering(other)];
    const load = () =>
      Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one : two).comment(ana, ben)));
    await load();
    await at(first, 1);
    expect(await use.mailsTo(ana)).toEqual([]);
    await Promise.all([at(first), load()]);
    await workers.work();
    expect(await use.mailsTo(ana)).toHaveLength(1);
    await at(second, 1);
    expect(await use.mailsTo(ana)).toHaveLength(1);
    await at(second);
    const mails = await use.mailsTo(ana);
    const told = mails.map((mail) => Number(/^\d+/.exec(mail['subject'] as string)![0]));
    expect(told).toHaveLength(2);
    expect(told[0]! + told[1]!).toBe(40);
  });

  it('put what a process with a slow clock adds to a digest under way into the next', async () => {
    await at('2027-06-01T12:00:00Z');
    await use.comment(ana, ben);
    await at('2027-06-02T08:00:00Z');
    expect(await use.mailsTo(ana)).toHaveLength(1);
    messaging.clock.advance(-minuteMs);
    await use.comment(ana, ben);
    await at('2027-06-03T08:00:00Z');
    expect(await use.mailsTo(ana)).toHaveLength(2);
  });

  it('send nothing in a digest that was read or taken back meanwhile', async () => {
    await at('2027-05-01T12:00:00Z');
    for (let count = 0; count < 4; count++) await use.comment(ana, ben);
    const rows = await messaging.db.notification.findMany({
      where: { recipientId: ana.id },
      orderBy: { id: 'asc' },
    });
    const mark =
      'mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { unreadCount } }';
    await ana.execute(mark, { input: { ids: [notificationIds.encode(rows[0]!.id)] } });
    await messaging.db.notification.update({
      where: { id: rows[1]!.id },
      data: { withdrawnAt: messaging.clock.now() },
    });
    await at('2027-05-02T08:00:00Z');
    const [mail, ...others] = await use.mailsTo(ana);
    expect(others).toEqual([]);
    expect(mail!['subject']).toBe('2 pieces of news for you');
    expect((mail!['text'] as string).match(/notifications\/ntf_\w+/g)).toEqual(
      rows.slice(2).map(({ id }) => `notifications/${notificationIds.encode(id)}`),
    );
  });
});
