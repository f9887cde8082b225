import { randomUUID } from 'node:crypto';
import { aViewer } from '@diaspora/kit/testing';
import { eventIds, userIds, webhookDeliveryIds, webhookIds } from '../ids.js';
import { deliverTo, runDue } from './bus.js';
import { givenMessaging, type Messaging } from './given.js';
import { startTarget } from './http-target.js';

const create = `mutation ($input: CreateWebhookInput!) {
  createWebhook(input: $input) { webhook { id url status version } secret userErrors { code message path } }
}`;

export interface MadeWebhook {
  readonly id: string;
  readonly secret: string;
}

/** What tests of webhooks do over and over, as a super user. */
export function partnering(messaging: Messaging) {
  const viewer = aViewer({ roles: ['SUPER_USER', 'REGULAR'] });
  const root = messaging.as(viewer);
  let keys = 0;
  const inputOf = (overrides: object = {}) => ({
    ...{ idempotencyKey: `webhook-${++keys}`, name: 'Box office' },
    ...{ url: 'https://partner.example/hooks', eventTypes: ['event.cancelled'] },
    ...overrides,
  });
  const ask = (overrides: object = {}) => root.execute(create, { input: inputOf(overrides) });

  async function webhook(overrides: object = {}): Promise<MadeWebhook> {
    const { data, errors } = await ask(overrides);
    const { webhook: made, secret, userErrors } = data?.createWebhook ?? {};
    if (!made) throw new Error(JSON.stringify([errors, userErrors]));
    return { id: made.id as string, secret: secret as string };
  }

  /** One mutation, by its name; answers its payload. */
  async function change(name: string, input: object, fields = 'webhook { id status version }') {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code path } } }`;
    return (await root.execute(document, { input })).data[name];
  }

  /** An event of somebody's is called off; the id of the message, and what the event is known by. */
  async function callOff(messageId: string = randomUUID(), eventId = eventIds.encode(eventIds.create())) {
    const data = { eventId, version: 2, cancelledAt: '2026-06-01T10:00:00.000Z' };
    await deliverTo(messaging, 'event.cancelled', data, messageId);
    return { messageId, eventId };
  }

  /** A snapshot of an event, as events tell of it. */
  const snapshot = (overrides: object = {}) => ({
    ...{ eventId: eventIds.encode(eventIds.create()), version: 1, title: 'Harvest', description: 'Music.' },
    ...{ language: 'en', domain: 'OTHERS', type: 'FREE', status: 'PUBLISHED', visibility: 'PUBLIC' },
    ...{ startsAt: '2026-07-01T18:00:00.000Z', endsAt: '2026-07-01T22:00:00.000Z', timeZone: 'UTC' },
    ...{ countryCode: 'DE', city: 'Bonn', venue: null, latitude: null, longitude: null },
    ...{ organizerId: userIds.encode(userIds.create()), capacity: null, tags: ['music', 'food'] },
    ...overrides,
  });
  const tellOfEvent = (overrides: object = {}, messageId: string = randomUUID()) =>
    deliverTo(messaging, 'event.changed', snapshot(overrides), messageId);

  const deliveriesOf = ({ id }: Pick<MadeWebhook, 'id'>) =>
    messaging.db.webhookDelivery.findMany({
      where: { webhookId: webhookIds.decode(id) },
      include: { attempts: { orderBy: { number: 'asc' } }, event: true },
      orderBy: { id: 'asc' },
    });
  const rowOf = ({ id }: Pick<MadeWebhook, 'id'>) =>
    messaging.db.webhook.findUniqueOrThrow({ where: { id: webhookIds.decode(id) } });
  const work = () => runDue(messaging, 'sendToWebhook');
  const pass = (seconds: number) => messaging.clock.advance(seconds * 1_000);
  /** Goes on in time from turn to turn until all that waits was sent or given up, or so much time has passed. */
  async function workFor(hours: number, stepMinutes = 30): Promise<void> {
    for (let minutes = 0; minutes < hours * 60; minutes += stepMinutes) {
      pass(stepMinutes * 60);
      await work();
    }
  }
  const publicId = (delivery: { readonly id: string }) => webhookDeliveryIds.encode(delivery.id);

  return {
    ...{ callOff, snapshot, tellOfEvent, deliveriesOf, rowOf, work, pass, workFor, publicId },
    ...{ root, viewer, create, inputOf, ask, webhook, change },
  };
}

/** Messaging, and a partner's server in the own network that it may reach. */
export async function givenPartner() {
  const receiver = await startTarget();
  const messaging = await givenMessaging({ config: { TARGETS_INNER_HOSTS: [new URL(receiver.url).host] } });
  const stop = async () => {
    await receiver.stop();
    await messaging.stop();
  };
  return { messaging, receiver, use: partnering(messaging), stop };
}

export type Partner = Awaited<ReturnType<typeof givenPartner>>;
