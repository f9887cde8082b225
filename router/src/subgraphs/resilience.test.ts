import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, it } from '@jest/globals';
import { createSocketClient } from './client/socket-client.js';
import { noMetrics, type SubgraphMeter } from './metrics.js';
import { certificate } from './testing/certificate.js';
import { aContext, aWatchedContext, connect, mutation, query } from './testing/given.js';
import { data, http, type NetRequest } from './testing/start-net-subgraph.js';
import { echo, lost, useWire } from './testing/wire.js';
import { systemTime } from './time.js';

const given = useWire();

/** The clock stands still until it is moved; timers go on. */
function movedTime() {
  let now = 1_000;
  return { ...systemTime, now: () => now, move: (ms: number) => void (now += ms) };
}

/** Metrics that keep what they are told, as text. */
function watchedMetrics() {
  const seen: string[] = [];
  const meter: SubgraphMeter = {
    ...noMetrics.forSubgraph('s'),
    fetch: (outcome) => void seen.push(outcome),
    hedge: (event) => void seen.push(`hedge ${event}`),
    breaker: (state) => void seen.push(`breaker ${state}`),
    shared: () => void seen.push('shared'),
  };
  return { seen, metrics: { forSubgraph: () => meter } };
}

describe('a client that goes away', () => {
  it('frees the connection, and its answer says so', async () => {
    const { ask, subgraph } = await given(() => undefined);
    const gone = new AbortController();
    const answer = ask(query(), aContext({ signal: gone.signal }));
    await subgraph.seen(1);
    const closed = once(subgraph.received[0]!.socket, 'close');
    gone.abort();
    expect(await answer).toEqual(lost('CANCELLED'));
    await closed;
  });

  it('sends nothing when it was gone before', async () => {
    const { ask, subgraph } = await given(echo);
    expect(await ask(query(), aContext({ signal: AbortSignal.abort() }))).toEqual(lost('CANCELLED'));
    expect(subgraph.received).toHaveLength(0);
  });

  it('does not take the answer from others who wait for the same', async () => {
    let release: NetRequest | undefined;
    const { ask, subgraph } = await given((request) => (release = request));
    const gone = new AbortController();
    const first = ask(query(), aContext({ signal: gone.signal }));
    const { context, reports } = aWatchedContext();
    const second = ask(query(), context);
    await subgraph.seen(1);
    gone.abort();
    expect(await first).toEqual(lost('CANCELLED'));
    echo({ ...release!, body: '{"a":1}' });
    expect(await second).toEqual({ data: { a: 1 }, isPlain: true });
    expect(subgraph.received).toHaveLength(1);
    expect(reports).toMatchObject([{ isShared: true, attempts: 0 }]);
  });
});

describe('a deadline', () => {
  it('is that of the client request when that comes first', async () => {
    const time = movedTime();
    const { ask, subgraph } = await given(() => undefined, { SUBGRAPH_TIMEOUT_MS: 60_000 }, { time });
    const answer = ask(query(), aContext({ deadline: time.now() + 30_000 }));
    await subgraph.seen(1);
    expect(Number(subgraph.received[0]!.headers['x-deadline-ms'])).toBe(30_000);
    time.move(30_000);
    expect(await answer).toEqual(lost('TIMEOUT'));
  });

  it('that is over sends nothing', async () => {
    const { ask, subgraph } = await given(echo);
    expect(await ask(query(), aContext({ deadline: performance.now() - 1 }))).toEqual(lost('TIMEOUT'));
    expect(subgraph.received).toHaveLength(0);
  });

  it('can be another for one subgraph', async () => {
    const { ask } = await given(() => undefined, { SUBGRAPH_TIMEOUTS_MS: { s: 50 } });
    expect(await ask(query(), aContext())).toEqual(lost('TIMEOUT'));
  });
});

describe('a kept connection that the subgraph closes', () => {
  /** Answers the first request; closes that connection with the second request on it. */
  const closesOnReuse = (request: NetRequest): void =>
    void (request.connection === 0 && request.index > 0 ? request.socket.destroy() : echo(request));

  it('costs a query nothing but another connection', async () => {
    const { ask, subgraph } = await given(closesOnReuse, { RETRY_BUDGET_PERCENT: 0 });
    await ask(query('{"a":1}'), aContext());
    expect(await ask(query('{"a":2}'), aContext())).toEqual({ data: { a: 2 }, isPlain: true });
    expect(subgraph.connections()).toBe(2);
  });

  it('is not tried after another one was found closed', async () => {
    const all: NetRequest[] = [];
    const { ask, subgraph } = await given((request) => {
      if (request.index >= 3) return request.connection < 3 ? void request.socket.destroy() : echo(request);
      if (all.push(request) === 3) all.forEach(echo);
    });
    await Promise.all([1, 2, 3].map((n) => ask(query(`{"a":${n}}`), aContext())));
    const { context, reports } = aWatchedContext();
    expect(await ask(query('{"a":4}'), context)).toEqual({ data: { a: 4 }, isPlain: true });
    expect(reports).toMatchObject([{ attempts: 2 }]);
    expect(subgraph.connections()).toBe(4);
  });

  it('loses a mutation, which is not sent again', async () => {
    const { ask, subgraph } = await given(closesOnReuse);
    await ask(query('{"a":1}'), aContext());
    expect(await ask(mutation(), aContext())).toEqual(lost('UNAVAILABLE'));
    expect(subgraph.received).toHaveLength(2);
  });

  it('is not used again when it was closed between two requests', async () => {
    const { ask, subgraph } = await given(echo);
    await ask(query('{"a":1}'), aContext());
    const closed = once(subgraph.received[0]!.socket, 'close');
    subgraph.received[0]!.socket.end();
    await closed;
    expect(await ask(mutation('{"a":2}'), aContext())).toEqual({ data: { a: 2 }, isPlain: true });
  });

  it('is not used again when unasked bytes came on it', async () => {
    const { ask, subgraph } = await given(echo);
    await ask(query('{"a":1}'), aContext());
    const { socket } = subgraph.received[0]!;
    const closed = once(socket, 'close');
    socket.write(http(data({ a: 'for somebody else' })));
    await closed;
    expect(await ask(query('{"a":2}'), aContext())).toEqual({ data: { a: 2 }, isPlain: true });
    expect(subgraph.connections()).toBe(2);
  });
});

describe('a breaker', () => {
  it('opens after failures, answers at once, and closes when the subgraph is back', async () => {
    let isBroken = true;
    const time = movedTime();
    const { seen, metrics } = watchedMetrics();
    const { ask, subgraph, states } = await given(
      (request) => (isBroken ? void request.socket.destroy() : echo(request)),
      { RETRY_ATTEMPTS: 0, HEDGE: false, BREAKER_LEAST_CALLS: 5, BREAKER_OPEN_MS: 60_000 },
      { metrics, time },
    );
    for (let call = 0; call < 5; call++) await ask(query(), aContext());
    expect(states().get('s')).toBe('open');
    isBroken = false;
    expect(await ask(query(), aContext())).toEqual(lost('UNAVAILABLE'));
    expect(subgraph.received).toHaveLength(5);
    time.move(60_000);
    for (let call = 0; call < 3; call++)
      expect(await ask(query('{"a":1}'), aContext())).toEqual({ data: { a: 1 }, isPlain: true });
    expect(seen.filter((event) => event.startsWith('breaker'))).toEqual([
      'breaker open',
      'breaker half-open',
      'breaker closed',
    ]);
  });

  it('does not open for errors of GraphQL, nor for clients that leave', async () => {
    const failing = http(JSON.stringify({ data: null, errors: [{ message: 'm' }] }), { status: 500 });
    const { ask, states, subgraph } = await given(
      ({ socket, body }) => void (body.includes('hang') || socket.write(failing)),
      { BREAKER_LEAST_CALLS: 2 },
    );
    for (let call = 0; call < 10; call++) await ask(query(), aContext());
    for (let call = 0; call < 10; call++) {
      const gone = new AbortController();
      const answer = ask(query(`{"hang":${call}}`), aContext({ signal: gone.signal }));
      await subgraph.seen(11 + call);
      gone.abort();
      await answer;
    }
    expect(states().get('s')).toBe('closed');
  });
});

describe('a hedged request', () => {
  it('is answered by the faster attempt; the subgraph sees the other one end', async () => {
    const { seen, metrics } = watchedMetrics();
    const slow: NetRequest[] = [];
    const time = movedTime(); // or a machine that stops for a moment would seem late, and use the budget up
    const { ask, subgraph } = await given(
      (request) => {
        if (request.body.includes('slow') && slow.length === 0) slow.push(request);
        else echo(request);
      },
      {},
      { metrics, time },
    );
    for (let n = 0; n < 128; n++) await ask(query(`{"n":${n}}`), aContext());
    const { context, reports } = aWatchedContext();
    const answer = ask(query('{"slow":true}'), context);
    await subgraph.seen(129);
    time.move(1_000);
    expect(await answer).toEqual({ data: { slow: true }, isPlain: true });
    const { socket } = slow[0]!;
    if (!socket.destroyed) await once(socket, 'close');
    expect(subgraph.received.filter(({ body }) => body.includes('slow'))).toHaveLength(2);
    expect(reports).toMatchObject([{ attempts: 2, outcome: 'ok' }]);
    expect(seen.slice(-3)).toEqual(['hedge sent', 'hedge won', 'ok']);
  });
});

describe('after stop', () => {
  it('idle connections are closed, and what is still sent is answered', async () => {
    const { ask, stop, subgraph } = await given(echo);
    await ask(query('{"a":1}'), aContext());
    const { socket } = subgraph.received[0]!;
    const closed = once(socket, 'close');
    stop();
    await closed;
    expect(await ask(query('{"a":2}'), aContext())).toEqual({ data: { a: 2 }, isPlain: true });
    const last = subgraph.received[1]!.socket;
    if (!last.destroyed) await once(last, 'close');
  });
});

describe('TLS', () => {
  it('is spoken with who has the certificate, and with nobody else', async () => {
    const body = data({ text: 'x'.repeat(200_000) });
    const server = createTlsServer(certificate, (request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json').end(body);
    }).listen(0);
    await once(server, 'listening');
    const url = `https://localhost:${(server.address() as AddressInfo).port}/graphql`;
    const ca = certificate.cert;
    const trusting = connect(url, {}, { createClient: (options) => createSocketClient({ ...options, ca }) });
    for (let request = 0; request < 3; request++)
      expect((await trusting.ask(query(), aContext())).data).toEqual(
        (JSON.parse(body) as { data: object }).data,
      );
    const strict = connect(url, { RETRY_ATTEMPTS: 0 });
    expect(await strict.ask(query(), aContext())).toEqual(lost('UNAVAILABLE'));
    trusting.stop();
    strict.stop();
    server.close();
    await once(server, 'close');
  });
});

describe('a port where nobody answers', () => {
  it('is no answer, and not an exception', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const line = connect(`http://127.0.0.1:${port}/`);
    const { context, reports } = aWatchedContext();
    expect(await line.ask(query(), context)).toEqual(lost('UNAVAILABLE'));
    expect(reports).toMatchObject([{ attempts: 3 }]);
  });
});
