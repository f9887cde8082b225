import type { Socket } from 'node:net';
import { composeServices } from '@apollo/composition';
import {
  anyone,
  carriers,
  createHealth,
  defineSubgraph,
  rootValues,
  serveSubgraph,
  type BaseContext,
  type Slice,
  type Subgraph,
} from '@diaspora/kit';
import { findFreePort } from '@diaspora/kit/embedded';
import { silentLog } from '@diaspora/kit/testing';
import { concatAST, parse, print } from 'graphql';
import { Registry } from 'prom-client';
import type { Feed } from './feed.js';

/** A subgraph in a process of its own, as far as its peers can see: it can be killed and started again. */
export interface LiveSubgraph {
  readonly url: string;
  /** At once, with all its connections; nobody is told. */
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  /** With notice. */
  stop(): Promise<void>;
}

async function run(subgraph: Subgraph, viewerSecret: string): Promise<LiveSubgraph> {
  const sockets = new Set<Socket>();
  const serve = async (port: number) => {
    const health = createHealth({});
    const options = {
      port,
      host: '127.0.0.1',
      viewerSecret,
      log: silentLog,
      health,
      registry: new Registry(),
    };
    const server = await serveSubgraph(subgraph, options);
    server.server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    return server;
  };
  let server = await serve(await findFreePort());
  const { url, port } = server;
  const stop = () => server.close(0);
  return {
    url,
    stop,
    kill: async () => {
      for (const socket of sockets) socket.resetAndDestroy();
      await stop();
    },
    start: async () => void (server = await serve(port)),
  };
}

const subgraphOf = (name: string, sdl: string, resolvers: object, permissions: Slice['permissions']) =>
  defineSubgraph<BaseContext>({
    name,
    slices: [{ typeDefs: parse(sdl), resolvers, permissions }],
    createContext: (base) => base,
  });

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';

const feedSdl = `
  extend type Query { lastNumber: Int }
  extend type Subscription { posts(after: String): PostsPayload!  mine: Int  ticks: Int }
  type PostsPayload { cursor: String! post: Post bulk: String! }
  type Post @key(fields: "id") { id: ID! number: Int! author: User! }
  type User @key(fields: "id", resolvable: false) { id: ID! }`;

interface Post {
  readonly number: number;
}

/** `mine` and `ticks` know no cursor; `mine` tells how many letters the viewer's id has. */
const feedSubgraph = (feed: Feed) =>
  subgraphOf(
    'feed',
    feedSdl,
    {
      Query: { lastNumber: () => feed.length() },
      Subscription: {
        posts: {
          subscribe: (_: unknown, { after }: { after?: string | null }) =>
            rootValues('posts', feed.read(after)),
        },
        mine: {
          subscribe: async function* (_: unknown, _args: object, { viewer }: BaseContext) {
            yield { mine: viewer?.id.length ?? 0 };
          },
        },
        ticks: {
          subscribe: () => {
            const items = feed.read(String(feed.length()));
            return rootValues('ticks', {
              ...items,
              next: async () => {
                const item = await items.next();
                return item.done ? item : { done: false, value: Number(item.value.cursor) };
              },
            } as AsyncIterableIterator<number>);
          },
        },
      },
      PostsPayload: { bulk: () => 'x'.repeat(10_000) },
      Post: {
        __resolveReference: ({ id }: { id: string }) => ({ id, number: Number(id.slice(1)) }),
        author: ({ number }: Post) => ({ id: `u${number}` }),
      },
    },
    {
      Query: { lastNumber: anyone },
      Subscription: { '*': anyone },
      ...carriers('PostsPayload', 'Post', 'User'),
    },
  );

const usersSubgraph = () =>
  subgraphOf(
    'users',
    `extend type Query { someone: User }
     type User @key(fields: "id") { id: ID! name: String! city: City! }
     type City @key(fields: "id", resolvable: false) { id: ID! }`,
    {
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        name: ({ id }: { id: string }) => `name of ${id}`,
        city: ({ id }: { id: string }) => ({ id: `c${id}` }),
      },
    },
    { Query: { someone: anyone }, ...carriers('User', 'City') },
  );

const citiesSubgraph = () =>
  subgraphOf(
    'cities',
    `extend type Query { capital: City }
     type City @key(fields: "id") { id: ID! title: String! }`,
    {
      City: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        title: ({ id }: { id: string }) => `title of ${id}`,
      },
    },
    { Query: { capital: anyone }, ...carriers('City') },
  );

/** A subscription whose selection spans three subgraphs, and their composition. */
export async function startLiveSubgraphs(feed: Feed, viewerSecret: string) {
  const definitions = [feedSubgraph(feed), usersSubgraph(), citiesSubgraph()];
  const running = await Promise.all(definitions.map((definition) => run(definition, viewerSecret)));
  const [feedService, users, cities] = running as [LiveSubgraph, LiveSubgraph, LiveSubgraph];

  /** `change` is applied to the schema of the feed; what it answers stays. */
  const compose = (change: (sdl: string) => string = (sdl) => sdl): string => {
    const services = definitions.map((definition, index) => {
      const sdl = link + print(concatAST(definition.slices.map((slice) => slice.typeDefs)));
      const typeDefs = parse(index === 0 ? change(sdl) : sdl);
      return { name: definition.name, url: running[index]!.url, typeDefs };
    });
    const { supergraphSdl, errors } = composeServices(services);
    if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], 'The subgraphs do not compose.');
    return supergraphSdl;
  };

  return {
    feed: feedService,
    users,
    cities,
    compose,
    stop: async () => void (await Promise.all(running.map((subgraph) => subgraph.stop()))),
  };
}

export type LiveSubgraphs = Awaited<ReturnType<typeof startLiveSubgraphs>>;
