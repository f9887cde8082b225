import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLError, parse } from 'graphql';
import { Registry } from 'prom-client';
import { AppError } from '../errors.js';
import { defineSubgraph } from '../graphql/define-subgraph.js';
import { anyone, carriers } from '../graphql/permissions.js';
import { createLogger } from '../logger.js';
import { aViewer } from '../testing/subgraph.js';
import { signViewer, VIEWER_HEADER } from '../viewer.js';
import { createHealth } from './health.js';
import type { ListeningServer } from './listen.js';
import { serveSubgraph } from './server.js';

const viewerSecret = 'server-test-secret-server-test-secret';
const viewer = aViewer();

const errors: Record<string, () => never> = {
  refused: () => {
    throw new AppError('NOT_FOUND', 'There is no such thing.', { secret: 'not for clients' });
  },
  broken: () => {
    throw Object.assign(new Error('db.internal is broken'), { code: 'XX000' });
  },
  away: () => {
    throw Object.assign(new Error('connect to db.internal failed'), { code: 'ECONNREFUSED' });
  },
  imposter: () => {
    throw new GraphQLError('SELECT * FROM people', { extensions: { code: 'FORBIDDEN', sql: 'SELECT' } });
  },
};

describe('a served subgraph', () => {
  let server: ListeningServer;
  let logged: Record<string, unknown>[] = [];

  beforeAll(async () => {
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logged.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
        done();
      },
    });
    const slice = {
      typeDefs: parse(`
        extend type Query { refused: String broken: String away: String imposter: String }
        type Item @key(fields: "id") { id: ID! }
      `),
      resolvers: { Query: errors },
      permissions: {
        Query: { refused: anyone, broken: anyone, away: anyone, imposter: anyone },
        ...carriers('Item'),
      },
    };
    const subgraph = defineSubgraph({
      name: 'test',
      slices: [slice],
      createContext: (base) => base,
      routes: (app) => {
        app.get('/refuses/:code', ({ params }) => {
          throw new AppError(params.code, 'No.');
        });
        app.get('/breaks', () => Promise.reject(new Error('db.internal')));
      },
    });
    server = await serveSubgraph(subgraph, {
      port: 0,
      host: '127.0.0.1',
      viewerSecret,
      health: createHealth({}),
      registry: new Registry(),
      log: createLogger({ name: 'test', destination }),
    });
  });
  afterAll(() => server.close());

  const send = async (path: string, init: RequestInit = {}) => {
    logged = [];
    const header = { [VIEWER_HEADER]: signViewer(viewer, { secret: viewerSecret, requestId: 'request-7' }) };
    const headers = { 'content-type': 'application/json', ...header };
    const response = await fetch(`${server.url}${path}`, { headers, ...init });
    return { status: response.status, body: (await response.json()) as { errors: unknown[] } };
  };
  const ask = (query: string) => send('/', { method: 'POST', body: JSON.stringify({ query }) });

  it('answers a refusal with its code and message only, and logs nothing', async () => {
    const { body } = await ask('{ refused }');
    expect(body.errors).toEqual([
      {
        message: 'There is no such thing.',
        path: ['refused'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'NOT_FOUND' },
      },
    ]);
    expect(logged).toEqual([]);
  });

  it('answers an outage of the database as such, without its address, and logs it once', async () => {
    const { body } = await ask('{ away }');
    expect(body.errors).toMatchObject([{ path: ['away'], extensions: { code: 'UNAVAILABLE' } }]);
    expect(JSON.stringify(body)).not.toMatch(/db\.internal|stack/);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ level: 50, err: { code: 'ECONNREFUSED' } });
  });

  it('masks a fault, logs it once and gives both the request id', async () => {
    const { body } = await ask('{ broken }');
    expect(body.errors).toMatchObject([
      {
        message: 'Something went wrong on our side.',
        extensions: { code: 'INTERNAL', requestId: 'request-7' },
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/db\.internal|stack/);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      level: 50,
      requestId: 'request-7',
      userId: viewer.id,
      path: ['broken'],
      err: { message: 'db.internal is broken', code: 'XX000' },
    });
  });

  it('masks a GraphQLError that somebody else made, whatever code it claims', async () => {
    const { body } = await ask('{ imposter }');
    expect(JSON.stringify(body)).not.toContain('SELECT');
    expect(body.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  });

  it('tells what is wrong with a document', async () => {
    const { status, body } = await ask('{ nothing }');
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    expect(logged).toEqual([]);
  });

  it.each([
    ['UNAUTHENTICATED', 401],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['CONFLICT', 409],
    ['RATE_LIMITED', 429],
    ['UNAVAILABLE', 503],
    ['INVALID_INPUT', 400],
  ])('answers %s of a route with %d', async (code, status) => {
    expect(await send(`/refuses/${code}`)).toEqual({
      status,
      body: { errors: [{ message: 'No.', extensions: { code } }] },
    });
  });

  it('masks a fault of a route and logs it once', async () => {
    const { status, body } = await send('/breaks');
    expect([status, body.errors]).toMatchObject([500, [{ extensions: { code: 'INTERNAL' } }]]);
    expect(JSON.stringify(body)).not.toContain('db.internal');
    expect(logged).toHaveLength(1);
  });

  it.each([
    ['no JSON', '{', 400],
    ['more than two megabytes', JSON.stringify({ query: 'x'.repeat(2_100_000) }), 413],
  ])('refuses a body of %s', async (_name, body, status) => {
    const answer = await send('/', { method: 'POST', body });
    expect([answer.status, answer.body.errors]).toMatchObject([
      status,
      [{ extensions: { code: 'BAD_REQUEST' } }],
    ]);
    expect(logged).toEqual([]);
  });
});
