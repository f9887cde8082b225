import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aViewer, auditLines, type TestClient } from '@diaspora/kit/testing';
import { eventIds, userIds, webhookEventIds } from '../ids.js';
import { deliverTo, runTask } from '../testing/bus.js';
import { givenPartner, type MadeWebhook, type Partner } from '../testing/webhooks.js';

const log = `query ($id: ID!, $filter: WebhookDeliveryFilter) {
  webhookDeliveries(webhookId: $id, filter: $filter, first: 10) {
    nodes {
      id status reason attemptCount nextAttemptAt webhook { id } event { id type version body }
      attempts { number status error durationMs answer }
    }
  }
}`;
const byReference = `query ($id: ID!) {
  _entities(representations: [{ __typename: "WebhookDelivery", id: $id }]) { ... on WebhookDelivery { id status } }
}`;

describe('the log of what partners were told', () => {
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
    receiver.answer(() => ({ status: 200, body: 'thanks' }));
    made = await use.webhook({ url: receiver.url });
  });

  const nodes = async (filter: object = {}) =>
    (await use.root.execute(log, { id: made.id, filter })).data.webhookDeliveries.nodes;
  const replay = (webhookDeliveryId: string) =>
    use.change('replayWebhookDelivery', { webhookDeliveryId }, 'delivery { id status attemptCount }');

  it('shows each time that something was sent, and what was answered', async () => {
    const { messageId } = await use.callOff();
    await use.work();
    const [node] = await nodes();
    expect(node).toMatchObject({
      ...{ status: 'DELIVERED', reason: null, attemptCount: 1, nextAttemptAt: null },
      webhook: { id: made.id },
      event: { id: webhookEventIds.encode(messageId), type: 'event.cancelled', version: 1 },
      attempts: [{ number: 1, status: 200, error: null, answer: 'thanks', durationMs: expect.any(Number) }],
    });
    expect(node.event.body).toBe(receiver.taken[0]!.body.toString());
  });

  it('is narrowed by state and time', async () => {
    await use.callOff();
    await use.work();
    const since = messaging.clock.now();
    use.pass(60);
    receiver.answer(() => ({ status: 500 }));
    await use.callOff();
    await use.work();
    const of = async (filter: object) =>
      (await nodes(filter)).map(({ status }: { status: string }) => status);
    expect(await of({})).toEqual(['PENDING', 'DELIVERED']);
    expect(await of({ statuses: ['DELIVERED'] })).toEqual(['DELIVERED']);
    const later = new Date(since.getTime() + 1_000).toISOString();
    expect(await of({ since: later })).toEqual(['PENDING']);
    expect(await of({ until: later })).toEqual(['DELIVERED']);
  });

  it('lets one be sent again, under the same id, and not while it is on its way', async () => {
    await use.callOff();
    await use.work();
    const [{ id }] = await nodes();
    const again = await replay(id);
    expect(again).toEqual({ delivery: { id, status: 'PENDING', attemptCount: 1 }, userErrors: [] });
    expect((await replay(id)).userErrors).toEqual([{ code: 'CONFLICT', path: ['webhookDeliveryId'] }]);
    await use.work();
    const ids = receiver.taken.map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(await nodes()).toMatchObject([{ status: 'DELIVERED', attemptCount: 2 }]);
    expect(await auditLines(messaging.db, id)).toMatchObject([{ action: 'webhookDelivery.replayed' }]);
  });

  it('sends nothing again to a webhook that is turned off or gone', async () => {
    await use.callOff();
    await use.work();
    const [{ id }] = await nodes();
    await use.change('disableWebhook', { webhookId: made.id, reason: 'Moving' });
    expect((await replay(id)).userErrors).toEqual([{ code: 'CONFLICT', path: ['webhookId'] }]);
    await use.change('removeWebhook', { webhookId: made.id }, 'webhookId');
    expect((await replay(id)).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['webhookId'] }]);
    const unknown = 'whd_01h2xcejqtf2nbrexx3vqjhp41';
    expect((await replay(unknown)).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['webhookDeliveryId'] }]);
  });

  it('has tests, that are sent to the one webhook that was asked for', async () => {
    const other = await use.webhook({ url: `${receiver.url}/other` });
    const fields = 'delivery { status event { type } }';
    const test = () => use.change('sendTestWebhookEvent', { webhookId: made.id }, fields);
    expect(await test()).toEqual({
      delivery: { status: 'PENDING', event: { type: 'webhook.test' } },
      userErrors: [],
    });
    await use.work();
    expect(receiver.taken.map(({ path }) => path)).toEqual(['/']);
    expect(await use.deliveriesOf(other)).toEqual([]);
    await use.change('disableWebhook', { webhookId: made.id, reason: 'Moving' });
    expect((await test()).userErrors).toEqual([{ code: 'CONFLICT', path: ['webhookId'] }]);
  });

  it('is kept for 30 days, and webhooks that were removed as long', async () => {
    await use.callOff();
    await use.work();
    await use.change('removeWebhook', { webhookId: made.id }, 'webhookId');
    use.pass(29 * 86_400);
    await runTask(messaging, 'forgetWebhookEvents');
    expect(await use.deliveriesOf(made)).toHaveLength(1);
    use.pass(2 * 86_400);
    await runTask(messaging, 'forgetWebhookEvents');
    expect([await messaging.db.webhookEvent.count(), await messaging.db.webhook.count()]).toEqual([0, 0]);
  });

  it('forgets whoever is erased, and tells partners that they are gone', async () => {
    const people = await use.webhook({
      url: receiver.url,
      eventTypes: ['registration.confirmed', 'user.erasureRequested'],
    });
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    for (const { publicId } of [ana, ben]) {
      const eventId = eventIds.encode(eventIds.create());
      const confirmed = { registrationId: 'reg_01h2xcejqtf2nbrexx3vqjhp41', eventId, userId: publicId };
      const data = { ...confirmed, confirmedAt: '2026-06-01T10:00:00.000Z' };
      await deliverTo(messaging, 'registration.confirmed', data, userIds.create());
    }
    const erasure = { erasureId: userIds.create(), userId: ana.publicId };
    await deliverTo(messaging, 'user.erasureRequested', erasure, userIds.create());
    const jobs = messaging.subgraph.jobs!;
    const erase = Object.keys(jobs).find((name) => /erase/i.test(name))!;
    await runTask(messaging, erase, { erasureId: erasure.erasureId, personId: ana.id });
    const told = (await use.deliveriesOf(people)).map(({ event }) => [event.type, event.personIds]);
    expect(told).toEqual([
      ['registration.confirmed', [ben.id]],
      ['user.erasureRequested', [ana.id]],
    ]);
    expect(JSON.stringify(await use.deliveriesOf(people))).not.toContain(erasure.erasureId);
  });

  it.each(['a visitor', 'a member', 'a program'])('is not for %s', async (who) => {
    const clients: Record<string, [TestClient, string]> = {
      'a visitor': [messaging.anonymous, 'UNAUTHENTICATED'],
      'a member': [await messaging.given.member(), 'FORBIDDEN'],
      'a program': [messaging.as(aViewer({ kind: 'service', roles: ['SERVICE'] })), 'FORBIDDEN'],
    };
    const [client, code] = clients[who]!;
    await use.callOff();
    await use.work();
    const [{ id }] = await nodes();
    expect((await client.execute(log, { id: made.id })).codes).toEqual([code]);
    expect(await client.execute(byReference, { id })).toMatchObject({
      codes: [],
      data: { _entities: [null] },
    });
    for (const [name, input] of [
      ['sendTestWebhookEvent', { webhookId: made.id }],
      ['replayWebhookDelivery', { webhookDeliveryId: id }],
    ] as const) {
      const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
      expect((await client.execute(document, { input })).codes).toEqual([code]);
    }
    expect(await nodes()).toMatchObject([{ status: 'DELIVERED' }]);
    expect((await use.root.execute(byReference, { id })).data._entities).toEqual([
      { id, status: 'DELIVERED' },
    ]);
  });
});
