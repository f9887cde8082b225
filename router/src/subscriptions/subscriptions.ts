import type { IncomingHttpHeaders, Server } from 'node:http';
import type { Clock, Logger } from '@diaspora/kit/core';
import type { Access } from '../create-access.js';
import type { RouterConfig } from '../config.js';
import { createContext } from '../context.js';
import type { Versions } from '../lifecycle/versions.js';
import type { OpenSubscriptions } from '../observe/metrics.js';
import type { Observer } from '../observe/observer.js';
import type { ServeStream } from '../pipeline.js';
import type { Prepare } from '../prepare.js';
import { createConnections } from './connections.js';
import { serveWebSockets } from './graphql-ws/serve.js';
import { createGroups } from './groups.js';
import { createOperations } from './operations.js';
import { createRequests } from './requests.js';
import { serveStream } from './streams/serve.js';
import { createUpstreams } from './upstream/upstreams.js';

export interface SubscriptionsParts {
  readonly config: RouterConfig;
  readonly versions: Versions;
  readonly access: Pick<Access, 'identify'>;
  readonly prepare: Prepare;
  readonly observer: Observer;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Connections are WebSockets that are initialised, and event streams; upstreams are shared by those who get the same. */
export type SubscriptionCounts = OpenSubscriptions;

/** Everything that outlives a request. */
export interface Subscriptions {
  /** Serves graphql-ws on `/graphql` of the server. */
  attach(server: Server): void;
  /** Answers an operation that was prepared as an event stream. Throws RequestRefused before anything is written. */
  readonly stream: ServeStream;
  counts(): SubscriptionCounts;
  /** Tells every client to connect again elsewhere, and takes no more. Resolves when all have gone. */
  stop(): Promise<void>;
}

export function createSubscriptions(parts: SubscriptionsParts): Subscriptions {
  const { config, versions, access, clock, log } = parts;
  const upstreams = createUpstreams({
    viewerSecret: config.VIEWER_SECRET,
    maxMessageBytes: config.MAX_SUBGRAPH_ANSWER_BYTES,
    resumeMs: config.SUBSCRIPTION_RESUME_MS,
    clock,
    log,
  });
  const limit = config.SUBSCRIPTION_QUEUE;
  const operations = createOperations({
    requests: createRequests(parts),
    upstreams,
    groups: createGroups({ limit }),
    socketUrl: (name, url) => config.SUBSCRIPTION_URLS[name] ?? url.replace(/^http/, 'ws'),
    limit,
  });
  const connections = createConnections({
    limit: config.SUBSCRIPTION_CONNECTIONS,
    limitPerCaller: config.SUBSCRIPTION_CONNECTIONS_PER_CALLER,
  });
  const now = () => clock.now().getTime();
  const shared = { operations, connections, now };
  const limits = { bufferBytes: config.SUBSCRIPTION_BUFFER_BYTES, recheckMs: config.SUBSCRIPTION_RECHECK_MS };
  const unlisten = versions.onReplaced(() => void operations.replan());
  let sockets: ReturnType<typeof serveWebSockets> | undefined;

  return {
    attach(server) {
      sockets = serveWebSockets({
        ...shared,
        server,
        identify: access.identify,
        identityOf: (headers: IncomingHttpHeaders) =>
          createContext({ log, headers, forward: config.FORWARD_HEADERS }).identity,
        limits: {
          ...limits,
          initTimeoutMs: config.SUBSCRIPTION_INIT_TIMEOUT_MS,
          operations: config.SUBSCRIPTIONS_PER_CONNECTION,
        },
        maxMessageBytes: config.MAX_BODY_BYTES,
        maxSockets: config.SUBSCRIPTION_CONNECTIONS,
        origins: config.CORS_ORIGINS,
      });
    },
    stream: (request) => serveStream(request, { ...shared, ...limits }),
    counts: () => ({
      connections: connections.count(),
      subscriptions: operations.count(),
      upstreams: upstreams.count(),
    }),
    async stop() {
      unlisten();
      connections.closeAll('SERVICE_RESTART');
      await sockets?.stop();
      upstreams.stop();
    },
  };
}
