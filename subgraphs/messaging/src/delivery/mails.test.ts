import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { Server } from 'node:http';
import { deliverTo, runTask } from '../testing/bus.js';
import { delivering } from '../testing/delivering.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const day = 60 * 24;

describe('mails', () => {
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
    [ana, ben] = [await use.person('Ana'), await use.person('Ben & <b>Söhne</b>')];
  });

  const atOnce = () => use.choose(ana, { channel: 'EMAIL', cadence: 'IMMEDIATE' });
  const only = async () => {
    const [delivery, ...others] = await use.deliveriesTo(ana, 'EMAIL');
    expect(others).toEqual([]);
    return delivery!;
  };

  it('are asked for once, as text and as HTML in which nothing of others is markup', async () => {
    await atOnce();
    await use.comment(ana, ben);
    await use.work();
    await use.work();
    const [mail, ...others] = await use.mailsTo(ana);
    expect(others).toEqual([]);
    const sentence = 'Ben & <b>Söhne</b> commented on your post';
    expect(mail).toMatchObject({ userId: ana.publicId, namedIds: [ben.publicId], subject: sentence });
    expect(mail!['text']).toContain(`${sentence}\nhttps://app.example/notifications/ntf_`);
    const html = mail!['html'] as string;
    expect(html).toContain('<html lang="en" dir="ltr">');
    expect(html).toContain('Ben &amp; &lt;b&gt;Söhne&lt;/b&gt; commented on your post');
    const link = mail!['unsubscribeUrl'] as string;
    expect(link).toMatch(/^https:\/\/messaging\.example\/unsubscribe\?token=[\w.-]+$/);
    expect(mail!['text']).toContain(link);
    expect(html).toContain(`href="${link}"`);
    expect((await only()).status).toBe('SENDING');
    await use.settle(mail!['mailId'], 'SENT');
    expect(await only()).toMatchObject({
      status: 'SENT',
      attempts: [{ provider: 'users', outcome: 'SENT' }],
    });
  });

  it.each([
    ['fr', 'Ben & <b>Söhne</b> a commenté votre publication', 'lang="fr" dir="ltr"'],
    ['ar', 'علّق \u2068Ben & <b>Söhne</b>\u2069 على منشورك', 'lang="ar" dir="rtl"'],
    ['ro-RO', 'Ben & <b>Söhne</b> a comentat la postarea ta', 'lang="ro" dir="ltr"'],
    ['xx', 'Ben & <b>Söhne</b> commented on your post', 'lang="en" dir="ltr"'],
  ])('are written for who reads %s', async (tag, subject, html) => {
    ana = await use.person('Ana', [tag]);
    await atOnce();
    await use.comment(ana, ben);
    await use.work();
    const [mail] = await use.mailsTo(ana);
    expect(mail!['subject']).toBe(subject);
    expect(mail!['html']).toContain(html);
  });

  it('that were refused for now are asked for anew, unless they were read meanwhile', async () => {
    await atOnce();
    await use.comment(ana, ben);
    for (const outcome of ['REFUSED', 'EXPIRED']) {
      await use.work();
      await use.settle((await use.mailsTo(ana)).at(-1)!['mailId'], outcome);
      use.pass(5);
    }
    await use.work();
    const mails = await use.mailsTo(ana);
    expect(new Set(mails.map((mail) => mail['mailId'])).size).toBe(3);
    await use.settle(mails[2]!['mailId'], 'REFUSED');
    const mark =
      'mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { unreadCount } }';
    await ana.execute(mark, { input: { all: true } });
    use.pass(60);
    await use.work();
    expect(await only()).toMatchObject({ status: 'SKIPPED', reason: 'READ' });
    expect(await use.mailsTo(ana)).toHaveLength(3);
  });

  it('that may have been sent are not asked for again, and one that turns out to be sent counts as that', async () => {
    await atOnce();
    await use.comment(ana, ben);
    await use.work();
    const [mail] = await use.mailsTo(ana);
    await use.settle(mail!['mailId'], 'UNCONFIRMED');
    use.pass(day);
    await use.work();
    expect((await only()).status).toBe('UNCONFIRMED');
    await use.settle(mail!['mailId'], 'SENT');
    expect((await only()).status).toBe('SENT');
    await use.settle(mail!['mailId'], 'REFUSED');
    expect((await only()).status).toBe('SENT');
  });

  it('to an address that takes none are dead letters', async () => {
    await atOnce();
    await use.comment(ana, ben);
    await use.work();
    await use.settle((await use.mailsTo(ana))[0]!['mailId'], 'UNDELIVERABLE');
    expect(await only()).toMatchObject({ status: 'FAILED', reason: 'UNDELIVERABLE' });
  });

  describe('of a day, together', () => {
    const untilMorning = () =>
      messaging.clock.advance(
        day * 60_000 - (messaging.clock.now().getTime() % (day * 60_000)) + 8 * 3_600_000,
      );

    it('are one, of what was not read, in the order in which it came', async () => {
      const { postId } = await use.comment(ana, ben);
      await use.comment(ana, ben);
      await deliverTo(messaging, 'user.friendRequested', {
        personId: ben.publicId,
        otherId: ana.publicId,
        version: 1,
      });
      await deliverTo(messaging, 'post.removed', { postId });
      await use.work();
      expect(await use.mailsTo(ana)).toEqual([]);
      untilMorning();
      await use.work();
      const [mail, ...others] = await use.mailsTo(ana);
      expect(others).toEqual([]);
      expect(mail!['subject']).toBe('2 pieces of news for you');
      expect(mail!['text']).toMatch(/commented on your post[^]*wants to be your friend/);
      expect(await only()).toMatchObject({ digestWindow: expect.stringMatching(/^DAILY:/), attemptCount: 1 });
    });

    it('are none when nothing is left to tell', async () => {
      await use.comment(ana, ben);
      await messaging.db.notification.updateMany({
        where: { recipientId: ana.id },
        data: { readAt: messaging.clock.now() },
      });
      untilMorning();
      await use.work();
      expect(await only()).toMatchObject({ status: 'SKIPPED', reason: 'READ' });
    });

    it('are one for all that came under load, by two processes that both send them', async () => {
      const other = { ...messaging, ...messaging.anotherProcess() };
      const [one, two] = [use, delivering(other)];
      await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? one : two).comment(ana, ben)));
      const { id: deliveryId } = await only();
      untilMorning();
      const late = Array.from({ length: 20 }, (_, n) => (n % 2 ? one : two).comment(ana, ben));
      const sending = [messaging, other, messaging].map((each) => runTask(each, 'deliver', { deliveryId }));
      await Promise.all([...late, ...sending]);
      expect(await use.mailsTo(ana)).toHaveLength(1);
      const digests = await messaging.db.delivery.findMany({
        where: { recipientId: ana.id },
        include: { items: true },
        orderBy: { notBefore: 'asc' },
      });
      expect(digests.map(({ status }) => status)).toEqual(['SENDING', 'PENDING']);
      expect(digests.map(({ items }) => items.length)).toEqual([40, 20]);
      expect((await use.mailsTo(ana))[0]!['subject']).toBe('40 pieces of news for you');
    });

    it('put what comes while one is sent into the next', async () => {
      await use.comment(ana, ben);
      untilMorning();
      await use.comment(ana, ben);
      await use.work();
      await use.comment(ana, ben);
      untilMorning();
      await use.work();
      expect((await use.mailsTo(ana)).map((mail) => mail['subject'])).toEqual([
        'Ben & <b>Söhne</b> commented on your post',
        '2 pieces of news for you',
      ]);
    });
  });

  describe('are ended', () => {
    let server: Server;
    let origin: string;
    beforeAll(async () => {
      const app = express();
      messaging.subgraph.routes!(app);
      server = app.listen(0, '127.0.0.1');
      server.keepAliveTimeout = 0;
      await once(server, 'listening');
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    const linkIn = async (mail: Record<string, unknown> | undefined) =>
      (mail!['unsubscribeUrl'] as string).replace('https://messaging.example', origin);
    const oneClick = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
    const cadences = async () => {
      const { data } = await ana.execute(
        '{ notificationPreferences { rules { type channel cadence because } } }',
      );
      const rules = data.notificationPreferences.rules as {
        type: string;
        channel: string;
        cadence: string;
      }[];
      const mails = rules.filter(({ channel }) => channel === 'EMAIL');
      return Object.fromEntries(mails.map(({ type, cadence }) => [type, cadence]));
    };

    it('of one kind by a click, without signing in, and only by a POST', async () => {
      await atOnce();
      await use.choose(ana, { type: 'POST_COMMENTED', channel: 'EMAIL', cadence: 'IMMEDIATE' });
      await use.comment(ana, ben);
      await use.work();
      const link = await linkIn((await use.mailsTo(ana))[0]);
      const page = await fetch(link);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(await page.text()).toContain('<form method="post">');
      expect(await cadences()).toMatchObject({ POST_COMMENTED: 'IMMEDIATE' });
      for (let time = 0; time < 2; time++) expect((await fetch(link, oneClick)).status).toBe(200);
      expect(await cadences()).toMatchObject({ POST_COMMENTED: 'OFF', FOLLOWED: 'IMMEDIATE' });
      await use.comment(ana, ben);
      await use.work();
      expect(await use.mailsTo(ana)).toHaveLength(1);
    });

    it('altogether from a digest, whatever was chosen for single kinds, except those about safety', async () => {
      await use.choose(ana, { type: 'FOLLOWED', channel: 'EMAIL', cadence: 'IMMEDIATE' });
      await use.comment(ana, ben);
      await use.comment(ana, ben);
      use.pass(day);
      await use.work();
      const link = await linkIn((await use.mailsTo(ana)).at(-1));
      await fetch(link, oneClick);
      const { SUPER_USER_CHANGED, ...others } = await cadences();
      expect(SUPER_USER_CHANGED).toBe('IMMEDIATE');
      expect(new Set(Object.values(others))).toEqual(new Set(['OFF']));
    });

    it('by nobody with a link that we did not make', async () => {
      await use.comment(ana, ben);
      use.pass(day);
      await use.work();
      const link = await linkIn((await use.mailsTo(ana))[0]);
      const changed = link.replace(/token=(.)/, (_all, first) => `token=${first === 'A' ? 'B' : 'A'}`);
      for (const forged of [changed, `${origin}/unsubscribe`, `${origin}/unsubscribe?token=a.b.c`])
        for (const request of [{}, oneClick]) expect((await fetch(forged, request)).status).toBe(404);
      expect(await cadences()).toMatchObject({ POST_COMMENTED: 'DAILY' });
    });

    it('on a page in the language of the person', async () => {
      ana = await use.person('Ana', ['ar']);
      await use.comment(ana, ben);
      use.pass(day);
      await use.work();
      const page = await (await fetch(await linkIn((await use.mailsTo(ana))[0]))).text();
      expect(page).toContain('<html lang="ar" dir="rtl">');
    });
  });

  it('about safety have no link that ends them', async () => {
    const changed = { userId: ana.publicId, isSuperUser: true, changedAt: '2026-06-01T12:00:00.000Z' };
    await deliverTo(messaging, 'superUser.changed', changed);
    await use.work();
    expect((await use.mailsTo(ana))[0]).toMatchObject({ unsubscribeUrl: null });
  });
});
