import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allowedOrigin, startTestRouter, type TestRouter } from './testing/start-test-router.js';

const redisUrl = process.env['TEST_REDIS_URL']!;
let test: TestRouter;
beforeAll(async () => {
  test = await startTestRouter(redisUrl, { LANDING: 'graphiql' });
});
afterAll(() => test.stop());

describe('execution', () => {
  it('joins what several subgraphs know', async () => {
    const { data, errors } = await test.query(
      'query Q($id: ID!) { event(id: $id) { title host { name } } }',
      {
        variables: { id: '7' },
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ event: { title: 'title of 7', host: { name: 'name of host-of-7' } } });
  });

  it('answers introspection when it is on', async () => {
    const { data } = await test.query('{ __schema { queryType { name } } }');
    expect(data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });
});

describe('errors', () => {
  it('are masked without a known code, logged once and found by the request id', async () => {
    const headers = { 'x-request-id': 'masked-request' };
    const { data, errors } = await test.query('{ leaky viewerName }', { headers });
    expect(data).toEqual({ leaky: null, viewerName: 'somebody' });
    const extensions = { code: 'INTERNAL', requestId: 'masked-request' };
    expect(errors).toEqual([{ message: 'Internal error', path: ['leaky'], extensions }]);
    const lines = test.logged.filter((line) => line['requestId'] === 'masked-request');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain('hunter2');
  });

  it('of the domain keep code and message, and lose stack traces and the name of the subgraph', async () => {
    const { errors } = await test.query('{ soldOut }');
    expect(errors).toEqual([
      { message: 'No tickets are left.', path: ['soldOut'], extensions: { code: 'SOLD_OUT' } },
    ]);
  });

  it('say so when a subgraph leaves a non-null field empty', async () => {
    const { data, errors } = await test.query('{ broken { id title } }');
    expect(data).toEqual({ broken: null });
    expect(errors?.[0]).toMatchObject({ message: 'Internal error', path: ['broken', 'title'] });
  });

  it('call an entity that its owner does not find NOT_FOUND, and log no fault', async () => {
    const headers = { 'x-request-id': 'missing-entity' };
    const { data, errors } = await test.query('{ event(id: "nobody") { title host { handle } } }', {
      headers,
    });
    expect(data).toEqual({ event: { title: 'title of nobody', host: null } });
    const message = 'There is no such object, or you may not see it.';
    expect(errors).toEqual([
      { message, path: ['event', 'host', 'handle'], extensions: { code: 'NOT_FOUND' } },
    ]);
    expect(test.logged.filter((line) => line['requestId'] === 'missing-entity')).toEqual([]);
  });
});

describe('GraphQL over HTTP', () => {
  const invalid = { query: '{ nothingLikeIt }' };
  const cases: [string, number, string, unknown][] = [
    ['an infinite number', 400, 'GRAPHQL_VALIDATION_FAILED', { query: '{ near(latitude: 1e999) }' }],
    ['a syntax error', 400, 'GRAPHQL_PARSE_FAILED', { query: '{ ' }],
    ['an invalid document', 400, 'GRAPHQL_VALIDATION_FAILED', invalid],
    ['a bad variable', 400, 'BAD_USER_INPUT', { query: 'query Q($id: ID!) { event(id: $id) { id } }' }],
    ['no query', 400, 'BAD_REQUEST', { variables: {} }],
    ['a batch', 400, 'BAD_REQUEST', [{ query: '{ viewerName }' }]],
    ['a body that is no JSON', 400, 'BAD_REQUEST', '{"query":'],
    [
      'NUL in a variable',
      400,
      'INVALID_INPUT',
      { query: 'mutation M($t: String) { touch(text: $t) }', variables: { t: 'a\u0000b' } },
    ],
    [
      'a variable nested without end',
      400,
      'INVALID_INPUT',
      `{"query":"mutation M($t: String) { touch(text: $t) }","variables":{"t":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
    ],
    [
      'a value nested without end',
      400,
      'GRAPHQL_PARSE_FAILED',
      { query: `{ user(id: ${'['.repeat(90_000)}` },
    ],
    ['NUL escaped in the document', 400, 'INVALID_INPUT', { query: 'mutation { touch(text: "a\\u0000b") }' }],
    ['NUL in the document', 400, 'GRAPHQL_PARSE_FAILED', { query: '{ viewer\u0000Name }' }],
    [
      'an unknown operation name',
      400,
      'OPERATION_RESOLUTION_FAILURE',
      { query: '{ viewerName }', operationName: 'X' },
    ],
  ];
  it.each(cases)('%s is answered %i %s', async (_name, status, code, body) => {
    const response = await test.post(body);
    const { errors } = (await response.json()) as { errors: { extensions: object }[] };
    expect(response.status).toBe(status);
    expect(errors[0]?.extensions).toMatchObject({ code });
  });

  it('answers 200 for an invalid document to a client that asks for application/json only', async () => {
    const response = await test.post(invalid, { accept: 'application/json' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('answers 400 and the media type asked for to a client that asks for graphql-response+json', async () => {
    const response = await test.post(invalid, { accept: 'application/graphql-response+json' });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/graphql-response+json');
  });

  it('answers a query by GET with the preflight header, and refuses a mutation', async () => {
    const get = (query: string) =>
      fetch(`${test.router.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { 'apollo-require-preflight': '1' },
      });
    await expect((await get('{ viewerName }')).json()).resolves.toEqual({ data: { viewerName: 'somebody' } });
    expect((await get('mutation { touch }')).status).toBe(405);
  });

  it('refuses a body over a megabyte with 413', async () => {
    expect(
      (await test.post({ query: '{ viewerName }', variables: { x: 'x'.repeat(1_100_000) } })).status,
    ).toBe(413);
  });
});

describe('limits', () => {
  const friends = (levels: number): string => (levels === 0 ? 'name' : `friends { ${friends(levels - 1)} }`);
  const cases: [string, string][] = [
    ['depth', `{ user(id: "1") { ${friends(14)} } }`],
    ['aliases', `{ user(id: "1") { ${Array.from({ length: 31 }, (_, n) => `a${n}: name`).join(' ')} } }`],
    ['rootFields', `{ ${'viewerName '.repeat(21)} }`],
    ['documentBytes', `{ viewerName } # ${'x'.repeat(100_000)}`],
  ];
  it.each(cases)('refuse a document over the limit of %s', async (limit, query) => {
    const { status, errors } = await test.query(query);
    expect(status).toBe(400);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED', limit });
  });

  it('refuse a document of too many tokens while parsing', async () => {
    const { status, errors } = await test.query(`{ ${'viewerName '.repeat(5_001)} }`);
    expect([status, errors?.[0]?.extensions['code']]).toEqual([400, 'GRAPHQL_PARSE_FAILED']);
  });
});

describe('browsers', () => {
  it('cannot send a cross-site request without a preflight', async () => {
    const received = test.supergraph.events.received.length;
    const form = await test.post('{"query":"mutation { touch }"}', { 'content-type': 'text/plain' });
    const link = await fetch(`${test.router.url}/graphql?query={viewerName}`);
    expect([form.status, link.status]).toEqual([400, 400]);
    expect(test.supergraph.events.received).toHaveLength(received);
  });

  const preflight = (origin: string) =>
    fetch(`${test.router.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('of a listed origin may call', async () => {
    const response = await preflight(allowedOrigin);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowedOrigin);
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(response.headers.get('vary')).toContain('Origin');
  });

  it('of another origin may not', async () => {
    const response = await preflight('https://evil.example.org');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('that open /graphql are sent to GraphiQL', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const response = await fetch(`${test.router.url}/graphql`, { headers, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphiql/']);
  });

  it('get security headers', async () => {
    const { headers } = await test.query('{ viewerName }');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('operating', () => {
  it('is live and ready', async () => {
    expect((await fetch(`${test.router.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${test.router.url}/health/ready`);
    const checks = { redis: 'ok', signingKeys: 'ok', users: 'ok', events: 'ok' };
    await expect(ready.json()).resolves.toEqual({ status: 'ready', checks });
  });

  it('measures operations, errors and fetches', async () => {
    await test.query('query Named { viewerName }');
    const text = await (await fetch(`${test.router.url}/metrics`)).text();
    expect(text).toMatch(/subgraph_fetches_total\{subgraph="users",outcome="ok"\} \d+/);
    expect(text).toMatch(
      /router_operation_duration_seconds_count\{operation="[0-9a-f]{12}",type="query"\} \d+/,
    );
    expect(text).toMatch(/router_errors_total\{code="INTERNAL"\} \d+/);
  });
});

describe('metrics', () => {
  const statusOf = async (config: { METRICS_TOKEN?: string; HOST?: string }, authorization?: string) => {
    const served = await startTestRouter(redisUrl, config);
    const { port } = served.router;
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const { status } = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    await served.stop();
    return status;
  };
  const token = 'a metrics token of the router tests, long enough';

  it.each([
    ['with the token', { METRICS_TOKEN: token, HOST: '0.0.0.0' }, `Bearer ${token}`, 200],
    ['without it', { METRICS_TOKEN: token }, undefined, 401],
    ['with another one', { METRICS_TOKEN: token }, `Bearer ${token}x`, 401],
    ['from other machines when no token is set', { HOST: '0.0.0.0' }, undefined, 401],
    ['from other machines with any token when none is set', { HOST: '0.0.0.0' }, 'Bearer undefined', 401],
  ])('%s', async (_name, config, authorization, status) => {
    expect(await statusOf(config, authorization)).toBe(status);
  });
});

describe('introspection', () => {
  it('is refused when it is off, and misspelt fields get no suggestions', async () => {
    const closed = await startTestRouter(redisUrl, { INTROSPECTION: false });
    const introspected = await closed.query('{ __schema { queryType { name } } }');
    const misspelt = await closed.query('{ viewerNam }');
    await closed.stop();
    expect(introspected.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(misspelt.errors?.[0]?.message).not.toContain('viewerName');
  });
});

describe('a subgraph that is down', () => {
  it('nulls only its part, with UNAVAILABLE at each path', async () => {
    const broken = await startTestRouter(redisUrl);
    await broken.supergraph.users.stop();
    const { status, data, errors } = await broken.query('{ viewerName events { title host { id name } } }');
    await broken.stop().catch(() => undefined);
    const events = [1, 2].map((n) => ({ title: `title of ${n}`, host: { id: `host-of-${n}`, name: null } }));
    expect([status, data]).toEqual([200, { viewerName: null, events }]);
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual([
      'viewerName',
      'events.0.host.name',
      'events.1.host.name',
    ]);
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['UNAVAILABLE']));
  });

  it('counts as down when it does not answer in time', async () => {
    const hurried = await startTestRouter(redisUrl, { SUBGRAPH_TIMEOUT_MS: 50 });
    const { errors } = await hurried.query('{ slow(ms: 400) }');
    await hurried.stop();
    expect(errors?.[0]).toMatchObject({ path: ['slow'], extensions: { code: 'TIMEOUT' } });
  });
});

describe('stop', () => {
  it('finishes requests in flight and refuses new connections', async () => {
    const stopping = await startTestRouter(redisUrl);
    const answer = stopping.query('{ slow(ms: 300) }');
    await stopping.supergraph.slowBegun();
    const started = Date.now();
    const stopped = stopping.stop();
    await expect(answer).resolves.toMatchObject({ status: 200, data: { slow: 'done' } });
    await stopped;
    // Not after the grace of ten seconds: connections that are only kept do not hold it up.
    expect(Date.now() - started).toBeLessThan(9_000);
    const [error] = (await once(connect(stopping.router.port, '127.0.0.1'), 'error').catch((failure) => [
      failure,
    ])) as [{ code: string }];
    expect(error.code).toBe('ECONNREFUSED');
  });
});
