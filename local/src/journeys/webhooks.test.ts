import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createStopStack } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { Webhook as Verifier } from 'standardwebhooks';
import { appointAmbassador, eventually, idOf, publishEvent, register, run } from '../actions.js';
import { signUp, type Client } from '../client.js';
import { demoSuperUserEmail, environmentsOf } from '../environments.js';
import { startInfrastructure } from '../infrastructure.js';
import { silentProgress } from '../progress.js';
import { startServices } from '../services.js';
import { freshSettings } from './running.js';

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a partner verified; nothing else is taken. */
function partner() {
  const told: Told[] = [];
  const state = { secret: '' };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      try {
        new Verifier(state.secret).verify(body, request.headers as Record<string, string>);
        told.push({ headers: request.headers, body });
        response.writeHead(204).end();
      } catch {
        response.writeHead(401).end();
      }
    });
  });
  return { server, told, state };
}

describe('a partner', () => {
  const stack = createStopStack();
  const { server, told, state } = partner();
  let root: Client;
  let ambassador: Client;
  let member: Client;
  beforeAll(async () => {
    const settings = await freshSettings();
    stack.push(() => rm(settings.dataDir, { recursive: true, force: true }));
    const host = await listen(server);
    stack.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
    stack.push(() => infrastructure.stop());
    const environments = environmentsOf(settings, infrastructure);
    const messaging = { ...environments.messaging, TARGETS_INNER_HOSTS: host };
    const services = await startServices({ ...environments, messaging }, silentLog);
    stack.push(() => services.stop());
    const join = (email: string) =>
      signUp(services.url, infrastructure.mailbox, {
        ...{ email, password: `a good password of ${email}`, displayName: email.split('@')[0]! },
        ...{ countryOfOrigin: 'RO', countryOfResidence: 'DE', city: 'Berlin', languages: ['ro'] },
      });
    root = await join(demoSuperUserEmail);
    ambassador = await join('ambassador@journey.example');
    member = await join('member@journey.example');
    const office = { userId: await idOf(ambassador), countryCode: 'DE', idempotencyKey: 'ambassador' };
    await appointAmbassador(root, office);
    await ambassador.refresh();
    const input = {
      ...{ idempotencyKey: 'partner', name: 'Box office', url: `http://${host}/hooks` },
      ...{ eventTypes: ['event.published', 'registration.confirmed'] },
    };
    const made = await run<{ secret: string }>(root, 'createWebhook', input, 'secret');
    state.secret = made.secret;
  });
  afterAll(() => stack.stop());

  const heard = (type: string) =>
    eventually(async () => {
      const all = told.map(({ body }) => JSON.parse(body) as { type: string; id: string; data: object });
      return all.find((each) => each.type === type);
    }, `a partner that is told of ${type}`);

  it('is told what happens in other parts of the platform, signed, and those who run it see what was sent', async () => {
    const eventId = await publishEvent(ambassador, {
      ...{ idempotencyKey: 'event', type: 'NATIONAL', title: 'Harvest', description: 'Music.' },
      ...{ city: 'Berlin', countryCode: 'DE' },
    });
    const published = await heard('event.published');
    expect(published).toMatchObject({
      source: 'events',
      subject: eventId,
      data: { eventId, title: 'Harvest' },
    });
    await eventually(() => register(member, eventId).catch(() => undefined), 'a place');
    expect(await heard('registration.confirmed')).toMatchObject({
      data: { eventId, userId: await idOf(member) },
    });
    const { webhooks } = await root.must(
      '{ webhooks(first: 1) { nodes { id lastSuccessAt failingSince } } }',
    );
    const [{ id }] = webhooks.nodes;
    const sent = await eventually(async () => {
      const { webhookDeliveries } = await root.must(
        `{ webhookDeliveries(webhookId: "${id}", first: 9) { nodes { id status event { id } } } }`,
      );
      const nodes = webhookDeliveries.nodes as { id: string; status: string; event: { id: string } }[];
      return nodes.every(({ status }) => status === 'DELIVERED') ? nodes : undefined;
    }, 'deliveries on record');
    expect(sent.map(({ event }) => event.id)).toContain(published.id);
    const { nodes } = await root.must(`{ nodes(ids: ["${id}", "${sent[0]!.id}"]) { __typename id } }`);
    expect(nodes).toEqual([
      { __typename: 'Webhook', id },
      { __typename: 'WebhookDelivery', id: sent[0]!.id },
    ]);
    const fields = '... on Webhook { name } ... on WebhookDelivery { attemptCount }';
    const hidden = await member.send(`{ nodes(ids: ["${id}", "${sent[0]!.id}"]) { ${fields} } }`);
    expect(hidden.data.nodes).toEqual([null, null]);
  });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
