import type { Server } from 'node:http';
import {
  createSourceEventStream,
  execute,
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import type { Context as Connection, SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { AppError } from '../errors.js';
import type { BaseContext, Subgraph } from '../graphql/define-subgraph.js';
import { presentErrors } from '../graphql/errors.js';
import { containsNul } from '../input.js';
import type { Logger } from '../logger.js';
import { VIEWER_HEADER, verifyViewer } from '../viewer.js';

/** RFC 6455 registry: the service restarts, connect again. Resume with the last cursor. */
export const SERVICE_RESTART = 1012;

const keepAliveMs = 12_000;
const initTimeoutMs = 5_000;
const maxMessageBytes = 2_000_000;
/** A peer that does not answer the closing handshake for so long is cut off. */
const closeGraceMs = 2_000;

interface SubscriptionOptions {
  readonly viewerSecret: string;
  readonly log: Logger;
}

/**
 * Serves subscriptions on `/` of the same server, by the graphql-transport-ws protocol, to the router only: the
 * connection and each operation carry a signed viewer, in `connection_init` and in `extensions`. One connection serves
 * any number of viewers. A slow reader holds back its own events: one of each operation is on its way at a time.
 */
export function serveSubscriptions<Context extends BaseContext>(
  server: Server,
  subgraph: Subgraph<Context>,
  { viewerSecret, log }: SubscriptionOptions,
): { stop(): Promise<void> } {
  const sockets = new WebSocketServer({ server, path: '/', maxPayload: maxMessageBytes });
  const contexts = new WeakMap<SubscribePayload, BaseContext>();
  const baseOf = (payload: SubscribePayload) => contexts.get(payload)!;

  const disposable = useServer(
    {
      schema: subgraph.schema,
      connectionInitWaitTimeout: initTimeoutMs,
      onConnect: ({ connectionParams }: Connection) => isSigned(connectionParams?.[VIEWER_HEADER]),
      onSubscribe: (_connection, _id, payload) => {
        try {
          const verified = verify(payload.extensions?.[VIEWER_HEADER]);
          const { viewer, requestId } = verified;
          contexts.set(payload, { ...verified, log: log.child({ requestId, userId: viewer?.id }) });
          return refuseNul(payload);
        } catch (error) {
          return [asGraphqlError(error)];
        }
      },
      context: (_connection, _id, payload) => baseOf(payload),
      execute: () => ({ errors: [new GraphQLError('Queries and mutations are sent over HTTP.')] }),
      subscribe: (args) => subscribe(subgraph, args),
      onNext: (_connection, _id, payload, _args, result) =>
        result.errors && { ...result, errors: presentErrors(result.errors, baseOf(payload)) },
      onError: (_connection, _id, payload, errors) =>
        presentErrors(errors, contexts.get(payload) ?? { log, requestId: '' }),
    },
    sockets,
    keepAliveMs,
  );

  function verify(header: unknown) {
    return verifyViewer(typeof header === 'string' ? header : undefined, { secret: viewerSecret });
  }

  function isSigned(header: unknown): boolean {
    try {
      return verify(header) !== undefined;
    } catch {
      return false;
    }
  }

  let stopping: Promise<void> | undefined;
  async function stop() {
    for (const socket of sockets.clients) restart(socket);
    await disposable.dispose();
  }
  return { stop: () => (stopping ??= stop()) };
}

function restart(socket: WebSocket): void {
  socket.close(SERVICE_RESTART, 'Service restart');
  const timer = setTimeout(() => socket.terminate(), closeGraceMs);
  socket.once('close', () => clearTimeout(timer));
}

const asGraphqlError = (error: unknown) =>
  new GraphQLError('Refused.', { originalError: error instanceof Error ? error : new Error(String(error)) });

function refuseNul({ query, variables }: SubscribePayload): GraphQLError[] | undefined {
  if (!containsNul(variables) && !containsNul(query)) return undefined;
  return [asGraphqlError(new AppError('INVALID_INPUT', 'Text must not contain NUL characters.'))];
}

/**
 * graphql-js' `subscribe`, but each event is executed in a context of its own: what a loader or a rule found for one
 * event is not true for the next.
 */
export async function subscribe<Context extends BaseContext>(
  subgraph: Pick<Subgraph<Context>, 'createContext'>,
  args: ExecutionArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const base = args.contextValue as BaseContext;
  const source = await createSourceEventStream({ ...args, contextValue: subgraph.createContext(base) });
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const iterator: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      const event = await events.next();
      if (event.done) return { done: true, value: undefined };
      const contextValue = subgraph.createContext(base);
      const rootValue: unknown = event.value;
      return { done: false, value: await execute({ ...args, rootValue, contextValue }) };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
