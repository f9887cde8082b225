import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { idType } from '@diaspora/kit/core';
import { WebSocket } from 'ws';
import { closeCodes } from '../close-codes.js';
import { startLiveRouter, type LiveRouter } from '../testing/start-live-router.js';
import { until } from '../testing/until.js';

// Each router starts a planner of its own, which takes its time on a busy machine.
jest.setTimeout(90_000);

const protocol = 'graphql-transport-ws';
const init = { type: 'connection_init' };
const subscribe = (id: string, query = 'subscription { ticks }') => ({
  type: 'subscribe',
  id,
  payload: { query },
});

interface Posts {
  readonly type: string;
  readonly payload: { readonly data: { readonly posts: { readonly cursor: string } } };
}

describe('graphql-transport-ws', () => {
  let live: LiveRouter;
  const sockets: WebSocket[] = [];
  beforeAll(async () => {
    live = await startLiveRouter({
      SUBSCRIPTION_INIT_TIMEOUT_MS: 60_000,
      SUBSCRIPTIONS_PER_CONNECTION: 2,
      SUBSCRIPTION_CONNECTIONS_PER_CALLER: 2,
      SUBSCRIPTION_BUFFER_BYTES: 100_000,
      SUBSCRIPTION_RECHECK_MS: 20,
      CORS_ORIGINS: ['https://app.example'],
    });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.terminate();
    await live.stop();
  });

  it.each([
    ['a page of another site', 'https://evil.example', 403],
    ['a page without a site', 'null', 403],
    ['a page of a listed site', 'https://app.example', 101],
    ['a page of our own', () => new URL(live.url).origin, 101],
  ])('answers %s', async (_name, origin, status) => {
    const headers = { origin: typeof origin === 'string' ? origin : origin() };
    const socket = new WebSocket(live.url.replace('http', 'ws'), protocol, { headers });
    sockets.push(socket);
    socket.on('error', () => undefined);
    const answered = await Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(([, response]) => (response as IncomingMessage).statusCode),
    ]);
    socket.terminate();
    expect(answered).toBe(status);
  });

  async function open(...messages: unknown[]) {
    const socket = new WebSocket(live.url.replace('http', 'ws'), protocol);
    sockets.push(socket);
    const received: { type: string; id?: string; payload?: unknown }[] = [];
    let heard: () => void = () => undefined;
    socket.on('message', (data: Buffer) => {
      received.push(JSON.parse(data.toString()) as (typeof received)[number]);
      heard();
    });
    const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)]);
    await once(socket, 'open');
    const send = (message: unknown) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    const next = async () => {
      while (received.length === 0) await new Promise<void>((resolve) => (heard = resolve));
      return received.shift()!;
    };
    for (const message of messages) send(message);
    return { socket, send, next, closed, left: () => received };
  }

  it.each<[keyof typeof closeCodes, unknown[]]>([
    ['BAD_MESSAGE', ['no JSON']],
    ['BAD_MESSAGE', ['[]']],
    ['BAD_MESSAGE', [{ type: 'start' }]],
    ['BAD_MESSAGE', [{ type: 'subscribe', payload: { query: '{ lastNumber }' } }]],
    ['BAD_MESSAGE', [{ type: 'subscribe', id: '1', payload: { query: 7 } }]],
    ['BAD_MESSAGE', [{ type: 'connection_init', payload: 'text' }]],
    ['UNAUTHENTICATED', [subscribe('1')]],
    ['UNAUTHENTICATED', [{ ...init, payload: { authorization: 'Bearer nonsense' } }]],
    ['DUPLICATE_INIT', [init, init]],
  ])('closes with %s: %j', async (reason, messages) => {
    const { closed } = await open(...messages);
    expect(await closed).toEqual([closeCodes[reason], reason]);
  });

  it('closes when nothing comes in time', async () => {
    const impatient = await startLiveRouter({ SUBSCRIPTION_INIT_TIMEOUT_MS: 20 });
    const socket = new WebSocket(impatient.url.replace('http', 'ws'), protocol);
    const [code, reason] = await once(socket, 'close');
    expect([code, String(reason)]).toEqual([closeCodes.INIT_TIMEOUT, 'INIT_TIMEOUT']);
    await impatient.stop();
  });

  it('closes when two operations have one id', async () => {
    const { closed, next, send } = await open(init);
    expect(await next()).toEqual({ type: 'connection_ack' });
    send(subscribe('1'));
    send(subscribe('1'));
    expect(await closed).toEqual([4409, 'DUPLICATE_ID']);
  });

  it('closes when a message is too large', async () => {
    const { closed } = await open(init, subscribe('1', `# ${'x'.repeat(1_000_001)}`));
    expect(await closed).toEqual([1009, '']);
  });

  it('refuses operations beyond the limit, and keeps the others', async () => {
    const { next, send, socket } = await open(init);
    await next();
    for (const id of ['1', '2', '3']) send(subscribe(id));
    expect(await next()).toMatchObject({
      id: '3',
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    send({ type: 'complete', id: '1' });
    send(subscribe('4', '{ lastNumber }'));
    expect(await next()).toMatchObject({ id: '4', type: 'next' });
    expect(await next()).toEqual({ id: '4', type: 'complete' });
    socket.close();
  });

  it('refuses connections of one caller beyond the limit', async () => {
    const payload = { authorization: `Bearer ${await live.issuer.token()}` };
    const [one, other] = [await open({ ...init, payload }), await open({ ...init, payload })];
    expect([await one.next(), await other.next()]).toEqual([
      { type: 'connection_ack' },
      { type: 'connection_ack' },
    ]);
    const third = await open({ ...init, payload });
    expect(await third.closed).toEqual([4430, 'TOO_MANY_CONNECTIONS']);
    one.socket.close();
    await one.closed;
    const fourth = await open({ ...init, payload });
    expect(await fourth.next()).toEqual({ type: 'connection_ack' });
    for (const each of [other, fourth]) each.socket.close();
    await until(() => live.counts().connections === 0);
  });

  it('closes a quiet connection whose session was revoked, also where that was not heard of', async () => {
    const sessionKey = '01890a5d-ac96-774b-bcce-b302099a8098';
    const token = await live.issuer.token({ claims: { sid: idType('ses').encode(sessionKey) } });
    const { closed, next } = await open({
      ...init,
      payload: { headers: { Authorization: `Bearer ${token}` } },
    });
    expect(await next()).toEqual({ type: 'connection_ack' });
    await live.revokeUnheard(sessionKey);
    expect(await closed).toEqual([4497, 'SESSION_REVOKED']);
  });

  it('takes the credential of the upgrade request too, and answers pings', async () => {
    const socket = new WebSocket(live.url.replace('http', 'ws'), protocol, {
      headers: { authorization: 'Bearer nonsense' },
    });
    await once(socket, 'open');
    socket.send(JSON.stringify(init));
    expect((await once(socket, 'close'))[0]).toBe(4401);
    const { next } = await open({ type: 'ping', payload: { at: 1 } });
    expect(await next()).toEqual({ type: 'pong', payload: { at: 1 } });
  });

  it('refuses other paths and protocols', async () => {
    const elsewhere = new WebSocket(live.url.replace('http', 'ws').replace('graphql', 'other'), protocol);
    expect(String((await once(elsewhere, 'error'))[0])).toContain('404');
    const foreign = new WebSocket(live.url.replace('http', 'ws'));
    expect((await once(foreign, 'close'))[0]).toBe(4406);
  });

  it('closes on whoever does not read, and misses nothing for them when they come back', async () => {
    const query = 'subscription ($after: String) { posts(after: $after) { cursor bulk } }';
    const count = 2_000;
    const cursors = [0];
    const readOn = async () => {
      const connection = await open(init);
      await connection.next();
      connection.send({
        type: 'subscribe',
        id: '1',
        payload: { query, variables: { after: String(cursors.at(-1)) } },
      });
      return connection;
    };
    const begun = live.feed.begun();
    const slow = await readOn();
    slow.socket.pause();
    live.feed.add(count);
    await until(() => live.feed.begun() > begun && live.feed.readers() === 0);
    slow.socket.resume();
    expect(await slow.closed).toEqual([4499, 'SLOW_CONSUMER']);
    cursors.push(...slow.left().map(cursorOf));
    expect(cursors.length).toBeLessThan(count);

    // A replay this large may be too fast again: then once more.
    while (cursors.at(-1) !== count) {
      const back = await readOn();
      await until(
        () =>
          back.socket.readyState === WebSocket.CLOSED ||
          (back.left().length > 0 && cursorOf(back.left().at(-1)) === count),
      );
      cursors.push(...back.left().map(cursorOf));
      back.socket.close();
    }
    expect(cursors).toEqual(Array.from({ length: count + 1 }, (_, index) => index));
  });
});

const cursorOf = (message: unknown): number => Number((message as Posts).payload.data.posts.cursor);
