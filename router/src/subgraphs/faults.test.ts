import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { aContext, aWatchedContext, mutation, query } from './testing/given.js';
import { data, http, type NetRequest } from './testing/start-net-subgraph.js';
import { echo, lost, useWire } from './testing/wire.js';

type Respond = (request: NetRequest) => void;

const given = useWire();
const answers =
  (message: string): Respond =>
  ({ socket }) =>
    void socket.write(message);
const ends =
  (message: string): Respond =>
  ({ socket }) =>
    void socket.end(message);
const head = (line: string) => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${line}\r\n\r\n`;

describe.each(['sockets', 'undici'] as const)('over %s', (SUBGRAPH_CLIENT) => {
  const once = { SUBGRAPH_CLIENT, RETRY_ATTEMPTS: 0 };

  it('an answer is handed over with what it says about its text', async () => {
    const { ask } = await given(echo, once);
    expect(await ask(query('{"q":"plain"}'), aContext())).toEqual({ data: { q: 'plain' }, isPlain: true });
    expect(await ask(query('{"q":"\\n"}'), aContext())).toEqual({ data: { q: '\n' }, isPlain: false });
    expect(await ask(query('{"q":"zażółć"}'), aContext())).toEqual({ data: { q: 'zażółć' }, isPlain: false });
  });

  it('many requests at a time share the connections that are allowed, and get their own answers', async () => {
    const { ask, subgraph } = await given(echo, { ...once, SUBGRAPH_CONNECTIONS: 3 });
    const bodies = Array.from({ length: 200 }, (_, n) => ({ n, text: 'x'.repeat(n * 100) }));
    const all = await Promise.all(bodies.map((body) => ask(query(JSON.stringify(body)), aContext())));
    expect(all.map((answer) => answer.data)).toEqual(bodies);
    expect(subgraph.connections()).toBe(3);
  });

  it.each<[string, Respond, 'UNAVAILABLE' | 'TIMEOUT']>([
    [
      'is killed in the middle of an answer',
      ({ socket }) => socket.write(`${head('content-length: 99')}{"da`, () => socket.destroy()),
      'UNAVAILABLE',
    ],
    ['closes without a word', ({ socket }) => socket.destroy(), 'UNAVAILABLE'],
    ['resets the connection', ({ socket }) => socket.resetAndDestroy(), 'UNAVAILABLE'],
    ['ends in the middle of an answer', ends(`${head('content-length: 99')}{"da`), 'UNAVAILABLE'],
    ['ends a chunked body early', ends(`${head('transfer-encoding: chunked')}5\r\n{"dat\r\n`), 'UNAVAILABLE'],
    ['speaks another protocol', answers('220 mail.example.org ESMTP\r\n\r\n'), 'UNAVAILABLE'],
    ['sends a page of HTML', answers(http('<html></html>', { type: 'text/html' })), 'UNAVAILABLE'],
    ['sends GraphQL as text/html', answers(http(data({ a: 1 }), { type: 'text/html' })), 'UNAVAILABLE'],
    ['sends half a document', answers(http('{"data":{"a":')), 'UNAVAILABLE'],
    [
      'answers 500 without GraphQL',
      answers(http('oops', { status: 500, type: 'text/plain' })),
      'UNAVAILABLE',
    ],
    [
      'redirects',
      answers(http('', { status: 302, more: 'location: http://127.0.0.1:1/\r\n' })),
      'UNAVAILABLE',
    ],
    [
      'sends damaged gzip',
      answers(http('{"data":{}}', { more: 'content-encoding: gzip\r\n' })),
      'UNAVAILABLE',
    ],
    [
      'sends an unknown coding',
      answers(http('{"data":{}}', { more: 'content-encoding: rot13\r\n' })),
      'UNAVAILABLE',
    ],
    ['hangs', () => undefined, 'TIMEOUT'],
    ['drips', ({ socket }) => drip(socket), 'TIMEOUT'],
  ])('a subgraph that %s gives no answer', async (_name, respond, code) => {
    const { ask } = await given(respond, {
      ...once,
      SUBGRAPH_TIMEOUT_MS: code === 'TIMEOUT' ? 200 : 20_000,
    });
    const { context, reports } = aWatchedContext();
    expect(await ask(query(), context)).toEqual(lost(code));
    expect(reports).toMatchObject([
      { outcome: code.toLowerCase(), attempts: 1, kind: 'query', subgraph: 's' },
    ]);
  });

  it('a subgraph that is not there gives no answer', async () => {
    const { ask, subgraph } = await given(() => undefined, once);
    await subgraph.stop();
    expect(await ask(query(), aContext())).toEqual(lost('UNAVAILABLE'));
  });

  it.each([
    ['with a path', [{ message: 'm', path: ['a', 0], extensions: { code: 'NOT_FOUND' } }]],
    ['without a path', [{ message: 'm', extensions: { code: 'NOT_FOUND' } }]],
  ])('errors %s are handed over, whatever the status', async (_name, errors) => {
    for (const status of [200, 400, 500]) {
      const { ask } = await given(answers(http(JSON.stringify({ data: null, errors }), { status })), once);
      expect(await ask(query(), aContext())).toEqual({ data: null, errors, isPlain: true });
    }
  });

  it('a compressed answer is read', async () => {
    const body = gzipSync(data({ a: 'é' }));
    const { ask } = await given(({ socket }) => {
      socket.write(head(`content-encoding: gzip\r\ncontent-length: ${body.length}`));
      socket.write(body);
    }, once);
    expect(await ask(query(), aContext())).toEqual({ data: { a: 'é' }, isPlain: false });
  });

  it('a small answer that unpacks to a huge one is refused', async () => {
    const body = gzipSync(data({ a: 'x'.repeat(20_000_000) }));
    const { ask } = await given(
      ({ socket }) => {
        socket.write(head(`content-encoding: gzip\r\ncontent-length: ${body.length}`));
        socket.write(body);
      },
      { ...once, MAX_SUBGRAPH_ANSWER_BYTES: 1_000_000 },
    );
    expect(body.length).toBeLessThan(1_000_000);
    expect(await ask(query(), aContext())).toEqual(lost('UNAVAILABLE'));
  });

  it.each([
    ['a cut answer', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{'],
    ['no answer at all', ''],
    ['a 503', http('busy', { status: 503, type: 'text/plain' })],
    ['half a document', http('{"data":')],
  ])('after %s a query is sent again, a mutation is not', async (_name, bad) => {
    const respond: Respond = ({ socket, index }) =>
      void (index % 2 === 0 ? socket.end(bad) : socket.write(http(data({ index }))));
    const { ask, subgraph } = await given(respond, { SUBGRAPH_CLIENT });
    const { context, reports } = aWatchedContext();
    expect(await ask(query(), context)).toEqual({ data: { index: 1 }, isPlain: true });
    expect(reports).toMatchObject([{ attempts: 2, outcome: 'ok', status: 200 }]);
    expect(await ask(mutation(), aContext())).toEqual(lost('UNAVAILABLE'));
    expect(subgraph.received).toHaveLength(3);
  });

  it.each([
    ['announced', true],
    ['in pieces', false],
  ])('an answer of 200 MB, %s, is cut off after little of it', async (_name, isAnnounced) => {
    const megabyte = Buffer.alloc(1_000_000, 'x');
    let sent = 0;
    const { ask } = await given(
      ({ socket }) => {
        socket.write(head(isAnnounced ? 'content-length: 200000000' : 'transfer-encoding: chunked'));
        const more = (): void => {
          if (socket.destroyed || sent >= 200) return;
          sent++;
          if (!isAnnounced) socket.write('f4240\r\n');
          socket.write(megabyte);
          socket.write(isAnnounced ? '' : '\r\n', more);
        };
        more();
      },
      { ...once, MAX_SUBGRAPH_ANSWER_BYTES: 5_000_000 },
    );
    expect(await ask(query(), aContext())).toEqual(lost('UNAVAILABLE'));
    // What is allowed, and what systems hold on the way.
    expect(sent).toBeLessThan(50);
  });
});

function drip(socket: NetRequest['socket']): void {
  socket.write(head('content-length: 100000'));
  const timer = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
}
