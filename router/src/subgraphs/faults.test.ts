import { afterEach, describe, expect, it } from '@jest/globals';
import type { SubgraphSettings } from './settings.js';
import { aContext, aWatchedContext, connect, mutation, query } from './testing/given.js';
import {
  data,
  http,
  startNetSubgraph,
  type NetRequest,
  type NetSubgraph,
} from './testing/start-net-subgraph.js';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function given(respond: (request: NetRequest) => void, over: Partial<SubgraphSettings> = {}) {
  const subgraph: NetSubgraph = await startNetSubgraph(respond);
  stops.push(() => subgraph.stop());
  const line = connect(subgraph.url, over);
  stops.push(() => line.stop());
  return { subgraph, ...line };
}

const once = { RETRY_ATTEMPTS: 0 };
const lost = (code: string) => ({
  data: null,
  errors: [{ message: expect.any(String), extensions: { code } }],
  isPlain: false,
});

describe('an answer', () => {
  it('is handed over with what it says about its text', async () => {
    const { ask } = await given(({ socket, body }) => socket.write(http(data(JSON.parse(body)))));
    expect(await ask(query('{"q":"plain"}'), aContext())).toEqual({ data: { q: 'plain' }, isPlain: true });
    expect(await ask(query('{"q":"\\n"}'), aContext())).toEqual({ data: { q: '\n' }, isPlain: false });
    expect(await ask(query('{"q":"zażółć"}'), aContext())).toEqual({ data: { q: 'zażółć' }, isPlain: false });
  });

  it('comes over kept connections, many at a time and never more than allowed', async () => {
    const { ask, subgraph } = await given(({ socket, body }) => socket.write(http(data(JSON.parse(body)))), {
      SUBGRAPH_CONNECTIONS: 3,
    });
    const bodies = Array.from({ length: 200 }, (_, n) => ({ n, text: 'x'.repeat(n * 100) }));
    const answers = await Promise.all(bodies.map((body) => ask(query(JSON.stringify(body)), aContext())));
    expect(answers.map((answer) => answer.data)).toEqual(bodies);
    expect(subgraph.connections()).toBe(3);
  });
});

describe('a subgraph that', () => {
  const broken: [string, (request: NetRequest) => void, string][] = [
    [
      'is killed in the middle of an answer',
      ({ socket }) =>
        socket.write(
          'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"da',
          () => socket.destroy(),
        ),
      'UNAVAILABLE',
    ],
    ['closes without a word', ({ socket }) => socket.destroy(), 'UNAVAILABLE'],
    ['resets the connection', ({ socket }) => socket.resetAndDestroy(), 'UNAVAILABLE'],
    [
      'sends a page of HTML',
      ({ socket }) => socket.write(http('<html></html>', { type: 'text/html' })),
      'UNAVAILABLE',
    ],
    [
      'sends GraphQL as text/html',
      ({ socket }) => socket.write(http(data({ a: 1 }), { type: 'text/html' })),
      'UNAVAILABLE',
    ],
    ['sends half a document', ({ socket }) => socket.write(http('{"data":{"a":')), 'UNAVAILABLE'],
    [
      'ends a chunked body early',
      ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"dat\r\n'),
      'UNAVAILABLE',
    ],
    [
      'answers 500 without GraphQL',
      ({ socket }) => socket.write(http('oops', { status: 500, type: 'text/plain' })),
      'UNAVAILABLE',
    ],
    [
      'redirects',
      ({ socket }) => socket.write(http('', { status: 302, more: 'location: http://127.0.0.1:1/\r\n' })),
      'UNAVAILABLE',
    ],
    ['hangs', () => undefined, 'TIMEOUT'],
    ['drips', ({ socket }) => drip(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'), 'TIMEOUT'],
  ];
  it.each(broken)('%s gives no answer', async (_name, respond, code) => {
    const { ask } = await given(respond, { ...once, SUBGRAPH_TIMEOUT_MS: 300 });
    expect(await ask(query(), aContext())).toEqual(lost(code));
  });

  it('is not there gives no answer', async () => {
    const { ask, subgraph } = await given(() => undefined, once);
    await subgraph.stop();
    stops.shift();
    expect(await ask(query(), aContext())).toEqual(lost('UNAVAILABLE'));
  });
});

function drip(socket: NetRequest['socket'], text: string): void {
  socket.write(text);
  const timer = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('retries', () => {
  const failOnce =
    (bad: string) =>
    ({ socket, index }: NetRequest) =>
      index === 0 ? socket.end(bad) : socket.write(http(data({ a: index })));

  it.each([
    ['a cut answer', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{'],
    ['a 503', http('busy', { status: 503, type: 'text/plain' })],
    ['half a document', http('{"data":')],
  ])('a query gets its answer after %s', async (_name, bad) => {
    const { ask } = await given(failOnce(bad));
    const { context, reports } = aWatchedContext();
    expect((await ask(query(), context)).data).toEqual({ a: 1 });
    expect(reports).toMatchObject([{ attempts: 2, outcome: 'ok', status: 200 }]);
  });

  it('a mutation is sent once', async () => {
    const { ask, subgraph } = await given(failOnce(''));
    expect(await ask(mutation(), aContext())).toEqual(lost('UNAVAILABLE'));
    expect(subgraph.received).toHaveLength(1);
  });
});
