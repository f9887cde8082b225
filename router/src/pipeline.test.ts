import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from './testing/start-test-router.js';

const redisUrl = process.env['TEST_REDIS_URL']!;
let test: TestRouter;
beforeAll(async () => {
  test = await startTestRouter(redisUrl, { EXPLAIN_ROLES: ['admin'] });
});
afterAll(() => test.stop());

const send = (init: RequestInit) => fetch(`${test.router.url}/graphql`, init);
const json = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: '{ viewerName }' });

describe('HTTP', () => {
  it('echoes a harmless request id and makes one where there is none', async () => {
    const given = await send({ method: 'POST', headers: { ...json, 'x-request-id': 'request-0001' }, body });
    expect(given.headers.get('x-request-id')).toBe('request-0001');
    const made = await send({ method: 'POST', headers: json, body });
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  const cases: [string, number, RequestInit][] = [
    ['another method', 405, { method: 'PUT', headers: json, body }],
    ['another media type', 415, { method: 'POST', headers: { 'content-type': 'application/graphql' }, body }],
    [
      'another charset',
      415,
      { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-16' }, body },
    ],
    ['an unknown encoding', 415, { method: 'POST', headers: { ...json, 'content-encoding': 'lzma' }, body }],
    [
      'an encoding that every object has a property of',
      415,
      { method: 'POST', headers: { ...json, 'content-encoding': 'constructor' }, body },
    ],
    [
      'bytes that are not what they are said to be',
      400,
      { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body },
    ],
    [
      'a client that takes neither form',
      406,
      { method: 'POST', headers: { ...json, accept: 'image/png' }, body },
    ],
  ];
  it.each(cases)('answers %s with %i and an error in GraphQL form', async (_name, status, init) => {
    const response = await send(init);
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect([response.status, errors[0]?.extensions.code]).toEqual([status, 'BAD_REQUEST']);
  });

  it('names the methods it serves', async () => {
    expect((await send({ method: 'DELETE', headers: json })).headers.get('allow')).toBe('GET, POST');
  });

  it('reads a compressed body, and counts what it unpacks to', async () => {
    const headers = { ...json, 'content-encoding': 'gzip' };
    const good = await send({ method: 'POST', headers, body: gzipSync(body) });
    expect(await good.json()).toEqual({ data: { viewerName: 'somebody' } });
    const bomb = gzipSync(JSON.stringify({ query: '{ viewerName }', x: 'x'.repeat(2_000_000) }));
    expect((await send({ method: 'POST', headers, body: bomb })).status).toBe(413);
  });

  it('keeps text as it was sent, in whatever pieces it comes', async () => {
    const text = 'ș 日本語 🎉';
    const bytes = Buffer.from(
      JSON.stringify({ query: 'mutation M($t: String) { touch(text: $t) }', variables: { t: text } }),
    );
    const request = httpRequest(`${test.router.url}/graphql`, { method: 'POST', headers: json });
    for (const byte of bytes) request.write(Buffer.of(byte));
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks = await response.toArray();
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({ data: { touch: text } });
  });

  it('ends a connection whose request never comes to its end', async () => {
    const hurried = await startTestRouter(redisUrl, { RECEIVE_TIMEOUT_MS: 300 });
    const socket = connect(hurried.router.port, '127.0.0.1');
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408/);
    socket.destroy();
    await hurried.stop();
  });
});

describe('a client that leaves', () => {
  it('ends the requests to subgraphs that were made for it', async () => {
    const left = await startTestRouter(redisUrl);
    const leaving = new AbortController();
    const answer = fetch(`${left.router.url}/graphql`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query: '{ slow(ms: 60000) }' }),
      signal: leaving.signal,
    });
    await left.supergraph.slowBegun();
    leaving.abort();
    await expect(answer).rejects.toThrow();
    const metrics = async () => (await fetch(`${left.router.url}/metrics`)).text();
    while (!(await metrics()).includes('subgraph_fetches_total{subgraph="events",outcome="cancelled"} 1'));
    await left.stop();
  });
});

describe('an explanation', () => {
  const admin = () => test.issuer.token({ claims: { role: 'admin' } });
  const explained = async (mode: string, token?: string) => {
    const headers = { 'x-explain': mode, ...(token && { authorization: `Bearer ${token}` }) };
    const response = await test.post({ query: '{ event(id: "1") { title host { name } } }' }, headers);
    return (await response.json()) as { data: unknown; extensions?: { explain: any } };
  };

  it('tells administrators plan and timings beside the answer', async () => {
    const { data, extensions } = await explained('run', await admin());
    expect(data).toEqual({ event: { title: 'title of 1', host: { name: 'name of host-of-1' } } });
    expect(extensions?.explain.plan.map(({ subgraph }: { subgraph: string }) => subgraph)).toEqual([
      'events',
      'users',
    ]);
    expect(extensions?.explain.requests).toHaveLength(2);
  });

  it('can be had without running anything', async () => {
    const before = test.supergraph.events.received.length;
    const { data, extensions } = await explained('plan', await admin());
    expect(data).toBeNull();
    expect(extensions?.explain.plan).toHaveLength(2);
    expect(test.supergraph.events.received).toHaveLength(before);
  });

  it('is nothing for others', async () => {
    expect(await explained('run')).not.toHaveProperty('extensions');
    expect(await explained('run', await test.issuer.token())).not.toHaveProperty('extensions');
  });
});

describe('equal queries in flight', () => {
  const slow = (more: object = {}) => ({ query: '{ slow(ms: 60000) }', ...more });

  it('are executed once where configured, for one caller', async () => {
    const sharing = await startTestRouter(redisUrl, {
      DEDUPE_REQUESTS: true,
      DEDUPE_SUBGRAPH_REQUESTS: false,
    });
    const token = await sharing.issuer.token();
    const asked = Promise.all([
      ...Array.from({ length: 5 }, () => sharing.post(slow())),
      sharing.post(slow(), { authorization: `Bearer ${token}` }),
      sharing.post(slow({ operationName: null })),
    ]);
    const metrics = async () => (await fetch(`${sharing.router.url}/metrics`)).text();
    while (!(await metrics()).includes('router_requests_shared_total 4'));
    while (sharing.supergraph.events.received.length < 3) await metrics();
    sharing.supergraph.endSlow();
    const answers = await asked;
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    const ids = new Set(answers.map(({ headers }) => headers.get('x-request-id')));
    const { length } = sharing.supergraph.events.received;
    await sharing.stop();
    expect(bodies).toEqual(Array.from({ length: 7 }, () => ({ data: { slow: 'done' } })));
    expect(ids.size).toBe(7);
    expect(length).toBe(3);
  });

  it('never share mutations', async () => {
    const sharing = await startTestRouter(redisUrl, { DEDUPE_REQUESTS: true });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => sharing.post({ query: 'mutation { touch(text: "x") }' })),
    );
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    const { length } = sharing.supergraph.events.received;
    await sharing.stop();
    expect(bodies).toEqual(Array.from({ length: 5 }, () => ({ data: { touch: 'x' } })));
    expect(length).toBe(5);
  });
});

describe('time', () => {
  it('that a client has to wait is bounded: what is there by then is answered', async () => {
    const hurried = await startTestRouter(redisUrl, { REQUEST_TIMEOUT_MS: 2_000 });
    const { status, data, errors } = await hurried.query('{ viewerName slow(ms: 60000) }');
    await hurried.stop();
    expect([status, data]).toEqual([200, { viewerName: 'somebody', slow: null }]);
    expect(errors).toEqual([expect.objectContaining({ path: ['slow'], extensions: { code: 'TIMEOUT' } })]);
  });
});

describe('stopping', () => {
  it('asks clients that keep their connections to leave', async () => {
    const stopping = await startTestRouter(redisUrl);
    const agent = new Agent({ keepAlive: true });
    const request = httpRequest(`${stopping.router.url}/graphql`, { method: 'POST', headers: json, agent });
    request.end(JSON.stringify({ query: '{ slow(ms: 200) }' }));
    await stopping.supergraph.slowBegun();
    const stopped = stopping.stop();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, response.headers.connection]).toEqual([200, 'close']);
    await stopped;
    agent.destroy();
  });
});

describe('limits', () => {
  it('of rates count requests that are refused too, and tell what is left', async () => {
    const rate = { points: 3, seconds: 60, mode: 'enforce' as const };
    const limited = await startTestRouter(redisUrl, { RATE_LIMIT_ADDRESS: rate });
    const good = await limited.query('{ __typename }');
    await limited.query('{ nothingLikeIt }');
    await limited.query('{ __typename }');
    const over = await limited.query('{ __typename }');
    await limited.stop();
    expect([good.status, good.headers.get('ratelimit-remaining')]).toEqual([200, '2']);
    expect([over.status, over.errors[0]?.extensions['code']]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('of cost are told by the answer', async () => {
    const limited = await startTestRouter(redisUrl, { MAX_COST: { most: 5, mode: 'enforce' } });
    const good = await limited.query('{ event(id: "1") { host { id } } }');
    const dear = await limited.query('{ events { host { id } } }');
    const metrics = await (await fetch(`${limited.router.url}/metrics`)).text();
    await limited.stop();
    expect([good.status, dear.status]).toEqual([200, 400]);
    expect(dear.errors[0]?.extensions).toMatchObject({ code: 'COST_ESTIMATED_TOO_EXPENSIVE' });
    expect(metrics).toContain('router_operation_cost_sum{measure="actual"} 2');
  });
});
