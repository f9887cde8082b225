import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import express from 'express';
import { GraphQLError, parse, type GraphQLSchema } from 'graphql';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;

const usersSdl = `${link}
type Query { viewerName: String  user(id: ID!): User }
type User @key(fields: "id") { id: ID!  name: String  handle: String!  friends: [User!] }`;

const eventsSdl = `${link}
type Query {
  event(id: ID!): Event
  events: [Event!]!
  leaky: String
  soldOut: String
  near(latitude: Float): String
  broken: Event
  slow(ms: Int!): String
}
type Mutation { touch(text: String): String }
type Subscription { ticks: Int }
type Event @key(fields: "id") { id: ID!  title: String!  host: User }
type User @key(fields: "id", resolvable: false) { id: ID! }`;

export interface TinySubgraph {
  readonly url: string;
  /** Headers of every GraphQL request received, oldest first. */
  readonly received: IncomingHttpHeaders[];
  stop(): Promise<void>;
}

export interface TinySupergraph {
  readonly sdl: string;
  readonly users: TinySubgraph;
  readonly events: TinySubgraph;
  /** Resolves when a `slow` field has begun. */
  slowBegun(): Promise<void>;
  /** All `slow` fields answer now, however long they were to take. */
  endSlow(): void;
  stop(): Promise<void>;
}

/** Two real subgraphs on free ports and their composition. */
export async function startTinySupergraph(): Promise<TinySupergraph> {
  let begun: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (begun = resolve));
  let endSlow: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (endSlow = resolve));
  const users = await startSubgraph(usersSchema());
  const events = await startSubgraph(eventsSchema(() => begun(), ended));
  const { supergraphSdl, errors } = composeServices([
    { name: 'users', url: users.url, typeDefs: parse(usersSdl) },
    { name: 'events', url: events.url, typeDefs: parse(eventsSdl) },
  ]);
  if (supergraphSdl === undefined)
    throw new AggregateError(errors ?? [], 'The tiny supergraph does not compose.');
  const stop = async () => void (await Promise.all([users.stop(), events.stop()]));
  return { sdl: supergraphSdl, users, events, slowBegun: () => slow, endSlow, stop };
}

const person = (id: string) => ({
  __typename: 'User',
  id,
  name: `name of ${id}`,
  handle: `@${id}`,
  friends: () => [person(`${id}-friend`)],
});
const event = (id: string) => ({
  id,
  title: `title of ${id}`,
  host: { __typename: 'User', id: `host-of-${id}` },
});

const usersSchema = () =>
  buildSubgraphSchema({
    typeDefs: parse(usersSdl),
    resolvers: {
      Query: { user: (_: unknown, { id }: { id: string }) => person(id), viewerName: () => 'somebody' },
      User: {
        __resolveReference: ({ id }: { id: string }) => (id === 'host-of-nobody' ? null : person(id)),
      },
    },
  });

const eventsSchema = (onSlow: () => void, ended: Promise<void>) =>
  buildSubgraphSchema({
    typeDefs: parse(eventsSdl),
    resolvers: {
      Query: {
        event: (_: unknown, { id }: { id: string }) => event(id),
        events: () => [event('1'), event('2')],
        leaky: () => {
          throw new Error('password of the database is hunter2');
        },
        soldOut: () => {
          throw new GraphQLError('No tickets are left.', {
            extensions: { code: 'SOLD_OUT', stacktrace: ['at x'] },
          });
        },
        near: () => 'here',
        broken: () => ({ id: 'b', title: null }),
        slow: async (_: unknown, { ms }: { ms: number }) => {
          onSlow();
          await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
          return 'done';
        },
      },
      Mutation: { touch: (_: unknown, { text }: { text?: string }) => text ?? null },
      Event: { __resolveReference: ({ id }: { id: string }) => event(id) },
    },
  });

async function startSubgraph(schema: GraphQLSchema): Promise<TinySubgraph> {
  const received: IncomingHttpHeaders[] = [];
  const apollo = new ApolloServer({
    schema,
    includeStacktraceInErrorResponses: true,
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  await apollo.start();
  const app = express();
  app.get('/health/ready', (_request, response) => void response.json({ status: 'ready' }));
  app.use(express.json(), (request, _response, next) => {
    received.push(request.headers);
    next();
  });
  app.use(expressMiddleware(apollo));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await apollo.stop();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, stop };
}
