/** ApolloServer and ApolloGateway as they come; FORWARDING=on passes the Authorization header on. SUPERGRAPH, PORT. */
import { readFile } from 'node:fs/promises';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

class ForwardingDataSource extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context.authorization) request.http.headers.set('authorization', context.authorization);
  }
}

const [, , supergraph, port] = process.argv;
const isForwarding = process.env.FORWARDING === 'on';
const gateway = new ApolloGateway({
  supergraphSdl: await readFile(supergraph, 'utf8'),
  ...(isForwarding && { buildService: ({ url }) => new ForwardingDataSource({ url }) }),
});
await startStandaloneServer(new ApolloServer({ gateway }), {
  ...(isForwarding && { context: async ({ req }) => ({ authorization: req.headers.authorization }) }),
  listen: { host: '127.0.0.1', port: Number(port) },
});
