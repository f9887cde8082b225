import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { Registry } from 'prom-client';
import { WebSocket } from 'ws';
import { defineSubgraph, type BaseContext } from '../graphql/define-subgraph.js';
import { anyone, authenticated, carriers } from '../graphql/permissions.js';
import { rootValues } from '../graphql/subscription.js';
import { createQueue } from '../redis/queue.js';
import { aViewer, silentLog } from '../testing/subgraph.js';
import { signViewer, VIEWER_HEADER, type Viewer } from '../viewer.js';
import { createHealth } from './health.js';
import type { ListeningServer } from './listen.js';
import { serveSubgraph } from './server.js';

const viewerSecret = 'subscriptions-test-secret-subscriptions';
const sign = (viewer: Viewer | null, now?: number) => ({
  [VIEWER_HEADER]: signViewer(viewer, { secret: viewerSecret, requestId: 'request-7', now }),
});

interface Context extends BaseContext {
  readonly number: number;
}

describe('subscriptions of a subgraph', () => {
  let server: ListeningServer;
  let clients: Client[] = [];
  let contexts = 0;
  let ended: Promise<void>;
  beforeAll(async () => {
    let end: () => void = () => undefined;
    ended = new Promise((resolve) => (end = resolve));
    const count = () => {
      const queue = createQueue<number>({ limit: 10, onEnd: () => end() });
      for (const value of [1, 2]) queue.push(value, () => new Error('full'));
      return queue.iterator;
    };
    const slice = {
      typeDefs: parse(`
        extend type Query { one: Int }
        type Item @key(fields: "id") { id: ID! }
        extend type Subscription { count: Int context: Int mine: Int broken: Int }
      `),
      resolvers: {
        Query: { one: () => 1 },
        Subscription: {
          count: { subscribe: () => rootValues('count', count()) },
          context: {
            subscribe: async function* () {
              const context = (_args: unknown, { number }: Context) => number;
              yield { context };
              yield { context };
            },
          },
          mine: { subscribe: () => rootValues('mine', count()) },
          broken: { subscribe: () => Promise.reject(new Error('db.internal is broken')) },
        },
      },
      permissions: {
        Query: { one: anyone },
        Subscription: { count: anyone, context: anyone, mine: authenticated, broken: anyone },
        ...carriers('Item'),
      },
    };
    const subgraph = defineSubgraph<Context>({
      name: 'test',
      slices: [slice],
      createContext: (base) => ({ ...base, number: (contexts += 1) }),
    });
    server = await serveSubgraph(subgraph, {
      port: 0,
      host: '127.0.0.1',
      viewerSecret,
      health: createHealth({}),
      registry: new Registry(),
      log: silentLog,
    });
  });
  afterAll(async () => {
    for (const client of clients) void client.dispose();
    clients = [];
    await server.close();
  });

  const connect = (connectionParams: Record<string, unknown> = sign(null)) => {
    const client = createClient({
      url: server.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams,
      retryAttempts: 0,
    });
    clients.push(client);
    return client;
  };
  const subscribe = (query: string, extensions: Record<string, unknown> = sign(null), client = connect()) =>
    client.iterate({ query, extensions });

  it('executes each event in a context of its own', async () => {
    const events = subscribe('subscription { context }');
    const [one, other] = [await events.next(), await events.next()];
    expect(one.value?.data?.['context']).toBeLessThan(Number(other.value?.data?.['context']));
    expect(await events.next()).toMatchObject({ done: true });
  });

  it('serves viewers side by side over one connection, each with its own signature', async () => {
    const client = connect();
    const anonymous = await subscribe('subscription { mine }', sign(null), client).next();
    expect(anonymous.value?.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const member = await subscribe('subscription { mine }', sign(aViewer()), client).next();
    expect(member.value).toEqual({ data: { mine: 1 } });
  });

  it.each([
    ['unsigned', {}],
    ['signed long ago', sign(null, Date.now() - 120_000)],
    [
      'signed by somebody else',
      { [VIEWER_HEADER]: signViewer(null, { secret: 'x'.repeat(40), requestId: 'r' }) },
    ],
  ])('refuses connections and operations that are %s', async (_name, credentials) => {
    await expect(
      subscribe('subscription { count }', sign(null), connect(credentials)).next(),
    ).rejects.toMatchObject({
      code: 4403,
    });
    await expect(subscribe('subscription { count }', credentials).next()).rejects.toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });

  it('ends the source when the reader leaves', async () => {
    const events = subscribe('subscription { count }');
    expect((await events.next()).value).toEqual({ data: { count: 1 } });
    await events.return?.();
    await ended;
  });

  it('masks faults', async () => {
    const { value } = await subscribe('subscription { broken }').next();
    expect(value).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL', requestId: 'request-7' } }] });
    expect(JSON.stringify(value)).not.toContain('db.internal');
  });

  it('leaves queries to HTTP', async () => {
    expect((await subscribe('{ one }').next()).value).toMatchObject({ errors: [{}] });
  });

  it('refuses a Subscription field that its permission would not guard', () => {
    const slice = {
      typeDefs: parse('extend type Query { one: Int } extend type Subscription { count: Int }'),
      resolvers: { Subscription: { count: { subscribe: () => undefined, resolve: () => 1 } } },
      permissions: {},
    };
    expect(() => defineSubgraph({ name: 'test', slices: [slice], createContext: (base) => base })).toThrow(
      /Subscription\.count/,
    );
  });

  it('tells clients to come back when it stops', async () => {
    const client = connect();
    const events = subscribe('subscription { count }', sign(null), client);
    await events.next();
    await events.next();
    await Promise.all([expect(events.next()).rejects.toMatchObject({ code: 1012 }), server.close()]);
  });
});
