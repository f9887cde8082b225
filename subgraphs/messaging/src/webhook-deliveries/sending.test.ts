import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook as Verifier } from 'standardwebhooks';
import { webhookEventIds } from '../ids.js';
import { runTask } from '../testing/bus.js';
import { barrierFor } from '../testing/given.js';
import { startTarget, type Taken } from '../testing/http-target.js';
import { givenPartner, type MadeWebhook, type Partner } from '../testing/webhooks.js';
import { maxAttempts } from './rules.js';

describe('what partners are told', () => {
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
    receiver.taken.length = 0;
    receiver.answer(() => ({ status: 204 }));
    made = await use.webhook({ url: `${receiver.url}/hooks` });
  });
  afterEach(() => use.change('removeWebhook', { webhookId: made.id }, 'webhookId'));

  const only = async () => {
    const [delivery, ...others] = await use.deliveriesOf(made);
    expect(others).toEqual([]);
    return delivery!;
  };
  /** As the library of Standard Webhooks sees it, whose clock is not that of the test. */
  const verified = (secret: string, { body, headers }: Taken) => {
    const verifier = new Verifier(secret);
    const id = headers['webhook-id'] as string;
    const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
    const own = verifier.sign(id, at, body.toString());
    return (headers['webhook-signature'] as string).split(' ').includes(own);
  };

  it('is a CloudEvent, signed as Standard Webhooks has it', async () => {
    const { messageId, eventId } = await use.callOff();
    await use.work();
    const [taken] = receiver.taken;
    expect(taken!.path).toBe('/hooks');
    expect(taken!.headers['content-type']).toMatch(/^application\/cloudevents\+json/);
    const id = webhookEventIds.encode(messageId);
    expect(taken!.headers['webhook-id']).toBe(id);
    expect(JSON.parse(taken!.body.toString())).toEqual({
      ...{ specversion: '1.0', id, source: 'events', type: 'event.cancelled', subject: 'k' },
      ...{ time: expect.any(String), dataversion: 1, datacontenttype: 'application/json' },
      data: { eventId, version: 2, cancelledAt: '2026-06-01T10:00:00.000Z' },
    });
    expect(verified(made.secret, taken!)).toBe(true);
    expect(verified(`whsec_${Buffer.alloc(32).toString('base64')}`, taken!)).toBe(false);
  });

  it('is taken by the library itself when it comes in time, and by nobody when a byte of it is another', async () => {
    const behind = Date.now() - messaging.clock.now().getTime();
    messaging.clock.advance(behind);
    await use.callOff();
    await use.work();
    const { body, headers } = receiver.taken[0]!;
    const verifier = new Verifier(made.secret);
    const given = headers as Record<string, string>;
    expect(verifier.verify(body.toString(), given)).toMatchObject({ type: 'event.cancelled' });
    expect(() => verifier.verify(body.toString().replace('"events"', '"Events"'), given)).toThrow();
  });

  it('is signed with the old and the new secret while both hold, then with the new one only', async () => {
    const { secret: next } = await use.change(
      'rotateWebhookSecret',
      { webhookId: made.id, overlapHours: 1 },
      'secret',
    );
    await use.callOff();
    await use.work();
    use.pass(3_601);
    await use.callOff();
    await use.work();
    const [during, after] = receiver.taken;
    expect([verified(made.secret, during!), verified(next, during!)]).toEqual([true, true]);
    expect([verified(made.secret, after!), verified(next, after!)]).toEqual([false, true]);
  });

  it('is one delivery for each webhook, however often its message is handled', async () => {
    const { messageId, eventId } = await use.callOff();
    await use.callOff(messageId, eventId);
    const other = await use.webhook({ url: `${receiver.url}/other` });
    await use.callOff(messageId, eventId);
    await use.work();
    expect(receiver.taken.map(({ path }) => path).sort()).toEqual(['/hooks', '/other']);
    expect(await messaging.db.webhookEvent.count({ where: { id: messageId } })).toBe(1);
    await use.change('removeWebhook', { webhookId: other.id }, 'webhookId');
  });

  it('is sent once by two processes that have it at the same time', async () => {
    for (let count = 0; count < 8; count++) await use.callOff();
    const { webhookId } = (await use.deliveriesOf(made))[0]!;
    const another = { ...messaging, ...messaging.anotherProcess() };
    const both = [messaging, another, messaging, another];
    await Promise.all(both.map((each) => runTask(each, 'sendToWebhook', { webhookId })));
    const ids = receiver.taken.map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([8, 8]);
    const deliveries = await use.deliveriesOf(made);
    expect(deliveries.every(({ status, attemptCount }) => status === 'DELIVERED' && attemptCount === 1)).toBe(
      true,
    );
  });

  it('is sent again under the same id where a process does not come back between sending and noting it', async () => {
    await use.callOff();
    let comeBack = (_answer: { status: number }): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      receiver.answer(() => {
        resolve();
        return new Promise((answered) => (comeBack = answered));
      });
    });
    const { webhookId } = await only();
    const lost = runTask(messaging, 'sendToWebhook', { webhookId });
    await arrived;
    expect(await only()).toMatchObject({ status: 'PENDING', attemptCount: 1 });
    await use.work();
    expect(receiver.taken).toHaveLength(1);
    receiver.answer(() => ({ status: 200 }));
    use.pass(61);
    await use.work();
    const ids = receiver.taken.map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(await only()).toMatchObject({ status: 'DELIVERED', attemptCount: 2 });
    comeBack({ status: 500 });
    await lost;
    expect(await only()).toMatchObject({ status: 'DELIVERED', reason: null, attemptCount: 2 });
  });

  it('goes out five at a time at most, and one at a time while it fails', async () => {
    const atOnce: number[] = [];
    let five = barrierFor(5);
    receiver.answer(async () => {
      atOnce.push(receiver.open());
      const together = five();
      if (atOnce.length % 5 === 0) five = barrierFor(5);
      await together;
      // Late enough for a sixth to be seen.
      await messaging.db.$queryRaw`SELECT 1`;
      return { status: 200 };
    });
    for (let count = 0; count < 10; count++) await use.callOff();
    await use.work();
    expect([atOnce.length, Math.max(...atOnce)]).toEqual([10, 5]);
    receiver.answer(async () => {
      atOnce.push(receiver.open());
      await messaging.db.$queryRaw`SELECT 1`;
      return { status: 500 };
    });
    await use.callOff();
    await use.work();
    atOnce.length = 0;
    for (let count = 0; count < 3; count++) await use.callOff();
    await use.work();
    expect([atOnce.length, Math.max(...atOnce)]).toEqual([3, 1]);
  });

  it('is tried again later each time, on the same row, then given up', async () => {
    receiver.answer(() => ({ status: 500, body: `whsec_abc is no secret of ours` }));
    await use.callOff();
    await use.work();
    const first = await only();
    expect(first).toMatchObject({
      ...{ status: 'PENDING', reason: 'HTTP 500', attemptsLeft: maxAttempts - 1 },
      attempts: [{ number: 1, status: 500, error: null, answer: '*** is no secret of ours' }],
    });
    const wait = first.notBefore.getTime() - messaging.clock.now().getTime();
    expect(wait).toBeGreaterThanOrEqual(4_500);
    expect(wait).toBeLessThanOrEqual(5_500);
    use.pass(4);
    await use.work();
    expect(receiver.taken).toHaveLength(1);
    await use.workFor(30);
    expect(receiver.taken).toHaveLength(maxAttempts);
    const last = await only();
    expect(last).toMatchObject({ status: 'FAILED', reason: 'HTTP 500', attemptCount: maxAttempts });
    expect(last.attempts.map(({ number }) => number)).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
  });

  it('leaves alone a webhook that asks for time, whatever comes', async () => {
    receiver.answer(() => ({ status: 429, headers: { 'retry-after': '600' } }));
    await use.callOff();
    await use.work();
    receiver.answer(() => ({ status: 200 }));
    await use.callOff();
    use.pass(590);
    await use.work();
    expect(receiver.taken).toHaveLength(1);
    use.pass(11);
    await use.work();
    expect(receiver.taken).toHaveLength(3);
    expect(await use.rowOf(made)).toMatchObject({ pausedUntil: null, failingSince: null, failuresInARow: 0 });
  });

  it('is on record where nobody answers, and the webhook is given a rest', async () => {
    receiver.answer(() => 'silence');
    await use.callOff();
    await use.work();
    expect((await only()).attempts).toMatchObject([
      { status: null, error: expect.any(String), answer: null },
    ]);
    const { pausedUntil } = await use.rowOf(made);
    expect(pausedUntil!.getTime() - messaging.clock.now().getTime()).toBe(10_000);
  });

  it.each([301, 302, 303])('takes no %s for an answer, and never makes a GET of it', async (status) => {
    receiver.answer(() => ({ status, headers: { location: '/elsewhere' } }));
    await use.callOff();
    await use.work();
    expect(receiver.taken.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /hooks']);
    expect(await only()).toMatchObject({ status: 'PENDING', reason: `HTTP ${status}` });
  });

  it('follows a redirect that keeps the request, with all that is in it', async () => {
    receiver.answer(({ path }) =>
      path === '/hooks' ? { status: 307, headers: { location: '/new' } } : { status: 200 },
    );
    await use.callOff();
    await use.work();
    expect(receiver.taken.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /hooks',
      'POST /new',
    ]);
    expect(receiver.taken[1]!.body).toEqual(receiver.taken[0]!.body);
    expect(verified(made.secret, receiver.taken[1]!)).toBe(true);
    expect(await only()).toMatchObject({ status: 'DELIVERED', attemptCount: 1 });
  });

  it.each([
    ['an address', (port: string) => `http://127.0.0.1:${port}/admin`],
    ['an address with TLS', (port: string) => `https://127.0.0.1:${port}/admin`],
    ['a name', (port: string) => `https://localhost:${port}/admin`],
    ['an address in another form', (port: string) => `http://[::ffff:127.0.0.1]:${port}/admin`],
  ])('follows no redirect into the own network, by %s', async (_name, location) => {
    const inner = await startTarget();
    await fetch(`${inner.url}/it-is-there`);
    receiver.answer(() => ({ status: 307, headers: { location: location(new URL(inner.url).port) } }));
    await use.callOff();
    await use.work();
    expect(receiver.taken).toHaveLength(1);
    expect(await only()).toMatchObject({ status: 'PENDING', reason: 'REFUSED_ADDRESS' });
    expect(inner.taken.map(({ path }) => path)).toEqual(['/it-is-there']);
    await inner.stop();
  });

  it('goes in circles three times at most', async () => {
    receiver.answer(() => ({ status: 308, headers: { location: '/hooks' } }));
    await use.callOff();
    await use.work();
    expect(receiver.taken).toHaveLength(4);
    expect(await only()).toMatchObject({ reason: 'TOO_MANY_REDIRECTS' });
  });

  it('is what passes the filter, and nothing is kept of the rest', async () => {
    const narrow = await use.webhook({
      url: `${receiver.url}/narrow`,
      eventTypes: ['event.changed'],
      filter: [
        { path: 'countryCode', anyOf: ['DE', 'AT'] },
        { path: 'tags', anyOf: ['food'] },
      ],
    });
    const [fits, elsewhere, untagged, hidden] = [1, 2, 3, 4].map(() => randomUUID());
    await use.tellOfEvent({}, fits);
    await use.tellOfEvent({ countryCode: 'FR' }, elsewhere);
    await use.tellOfEvent({ tags: [] }, untagged);
    await use.tellOfEvent({ visibility: 'PRIVATE' }, hidden);
    await use.work();
    expect((await use.deliveriesOf(narrow)).map(({ eventId }) => eventId)).toEqual([fits]);
    const ids = [fits, elsewhere, untagged, hidden] as string[];
    expect(await messaging.db.webhookEvent.count({ where: { id: { in: ids } } })).toBe(1);
    await use.change('removeWebhook', { webhookId: narrow.id }, 'webhookId');
  });

  it('says of a private event that it is there, and not what it is', async () => {
    const wide = await use.webhook({ url: `${receiver.url}/wide`, eventTypes: ['event.changed'] });
    await use.tellOfEvent({ visibility: 'PRIVATE', title: 'Surprise' });
    await use.work();
    const { data } = JSON.parse(receiver.taken[0]!.body.toString()) as { data: object };
    expect(Object.keys(data).sort()).toEqual(['eventId', 'status', 'version', 'visibility']);
    expect(JSON.stringify(await messaging.db.webhookEvent.findMany())).not.toContain('Surprise');
    await use.change('removeWebhook', { webhookId: wide.id }, 'webhookId');
  });

  it('costs one statement and no row where nobody listens', async () => {
    const before = [messaging.statements(), await messaging.db.webhookEvent.count()];
    const statements = messaging.statements();
    await use.tellOfEvent();
    const own = messaging.sent.slice(statements).filter((sql) => sql.includes('webhook'));
    expect(own).toHaveLength(1);
    expect(await messaging.db.webhookEvent.count()).toBe(before[1]);
  });
});
