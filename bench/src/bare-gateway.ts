/**
 * What the router is compared with: ApolloServer and ApolloGateway as they come, on the same supergraph. It tells the
 * subgraphs who asks, because they refuse anything else, and does nothing more: tokens are read but not verified, and
 * there are no limits, metrics, traces, timeouts or masks.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import {
  createLogger,
  idType,
  listen,
  REQUEST_ID_HEADER,
  runMain,
  signViewer,
  VIEWER_HEADER,
  type Viewer,
} from '@diaspora/kit';
import { readConfig } from '@diaspora/router';
import express from 'express';

interface Context {
  readonly viewer: Viewer | null;
}

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly role: string | string[];
  readonly scopes?: string[];
  readonly entitlements?: string[];
  readonly offices?: Viewer['offices'];
}

const users = idType('usr');
const sessions = idType('ses');

function readViewer(authorization: string | undefined): Viewer | null {
  const payload = authorization?.split('.')[1];
  if (!payload) return null;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  return {
    id: users.decode(claims.sub),
    kind: 'person',
    sessionId: sessions.decode(claims.sid),
    roles: [claims.role].flat(),
    scopes: claims.scopes ?? [],
    entitlements: claims.entitlements ?? [],
    offices: claims.offices ?? [],
  };
}

/** As the gateway itself has it, but for the header. */
class SignedDataSource extends RemoteGraphQLDataSource<Context> {
  readonly secret: string;

  constructor(url: string, secret: string) {
    super({ url });
    this.secret = secret;
  }

  override willSendRequest({ request, context }: Parameters<SignedDataSource['process']>[0]) {
    const { viewer = null } = context as Partial<Context>;
    const requestId = randomUUID();
    request.http?.headers.set(VIEWER_HEADER, signViewer(viewer, { secret: this.secret, requestId }));
    request.http?.headers.set(REQUEST_ID_HEADER, requestId);
  }
}

async function start() {
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const { PORT, HOST, SUPERGRAPH, SUBGRAPH_URLS, VIEWER_SECRET = '' } = readConfig(process.env);
  const gateway = new ApolloGateway({
    supergraphSdl: await readFile(SUPERGRAPH, 'utf8'),
    buildService: ({ name, url }) => new SignedDataSource(SUBGRAPH_URLS[name] ?? url ?? '', VIEWER_SECRET),
  });
  const apollo = new ApolloServer<Context>({ gateway, stopOnTerminationSignals: false });
  await apollo.start();
  const app = express();
  app.get('/health/ready', (_request, response) => void response.json({ status: 'ready' }));
  app.use(
    '/graphql',
    express.json(),
    expressMiddleware(apollo, {
      context: async ({ req }) => ({ viewer: readViewer(req.get('authorization')) }),
    }),
  );
  const server = await listen(app, { port: PORT, host: HOST, name: 'the bare gateway' });
  return { url: server.url, stop: () => server.close().finally(() => apollo.stop()) };
}

await runMain(start, createLogger({ name: 'bare-gateway', level: 'warn' }));
