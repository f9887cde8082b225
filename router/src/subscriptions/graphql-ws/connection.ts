import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connectionHeaders } from '../../access/connection-headers.js';
import type { Identify } from '../../access/identify.js';
import { reasonOf, watchCaller } from '../check-caller.js';
import type { CloseReason } from '../close-codes.js';
import type { Connections } from '../connections.js';
import type { Operations } from '../operations.js';
import type { Origin } from '../requests.js';
import { failed, type Ending, type Sink } from '../sink.js';
import { readMessage, type Message } from './message.js';

/** What a connection needs of a socket. */
export interface Transport {
  send(text: string): void;
  close(reason: CloseReason): void;
  /** Bytes that the client has not read yet. */
  buffered(): number;
}

export interface ConnectionParts {
  readonly operations: Operations;
  readonly connections: Connections;
  /** Who connects, by the headers of the upgrade and what `connection_init` carries. */
  readonly identify: Identify;
  readonly identityOf: (headers: IncomingHttpHeaders) => string;
  readonly now: () => number;
  readonly limits: {
    readonly initTimeoutMs: number;
    readonly operations: number;
    readonly bufferBytes: number;
    readonly recheckMs: number;
  };
}

export interface Connection {
  receive(text: string): void;
  /** The socket is closed. */
  closed(): void;
}

/**
 * One client's connection by the graphql-transport-ws protocol
 * (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md), free of any transport. Queries and mutations are
 * answered too.
 */
export function openConnection(
  transport: Transport,
  upgrade: Pick<IncomingMessage, 'headers' | 'socket'>,
  { operations, connections, identify, identityOf, now, limits }: ConnectionParts,
): Connection {
  /** By id, what ends them. */
  const running = new Map<string, () => void>();
  let origin: Origin | undefined;
  let isInitialised = false;
  let isClosed = false;
  let remove: (() => void) | undefined;
  let unwatch: (() => void) | undefined;
  const initTimer = setTimeout(() => close('INIT_TIMEOUT'), limits.initTimeoutMs);

  function close(reason: CloseReason) {
    if (isClosed) return;
    closed();
    transport.close(reason);
  }

  function closed() {
    isClosed = true;
    clearTimeout(initTimer);
    unwatch?.();
    remove?.();
    for (const stop of running.values()) stop();
    running.clear();
  }

  function send(text: string) {
    if (isClosed) return;
    transport.send(text);
    if (transport.buffered() > limits.bufferBytes) close('SLOW_CONSUMER');
  }

  async function initialise(payload: unknown) {
    if (isInitialised) return close('DUPLICATE_INIT');
    isInitialised = true;
    clearTimeout(initTimer);
    try {
      const headers = connectionHeaders(payload, upgrade.headers);
      const caller = await identify(headers, identityOf(headers));
      if (isClosed) return;
      remove = connections.add(caller, close);
      if (remove === undefined) return close('TOO_MANY_CONNECTIONS');
      unwatch = watchCaller(caller, { everyMs: limits.recheckMs, now, onRefused: close });
      origin = { headers, socket: upgrade.socket, caller };
      send('{"type":"connection_ack"}');
    } catch (error) {
      close(reasonOf(error));
    }
  }

  function subscribe({ id, payload }: Extract<Message, { type: 'subscribe' }>) {
    if (origin === undefined) return close('UNAUTHENTICATED');
    if (running.has(id)) return close('DUPLICATE_ID');
    const head = `{"id":${JSON.stringify(id)},"type":`;
    const sink: Sink = {
      next: (result) => send(`${head}"next","payload":${result}}`),
      end: (ending) => {
        running.delete(id);
        tell(head, ending);
      },
    };
    if (running.size >= limits.operations) return tell(head, tooMany);
    running.set(id, () => undefined);
    const stop = operations.run({ params: payload, origin, sink });
    if (running.has(id)) running.set(id, stop);
  }

  function tell(head: string, ending: Ending) {
    if (ending.kind === 'complete') return send(`${head}"complete"}`);
    if (ending.kind === 'close') return close(ending.reason);
    send(`${head}"error","payload":${JSON.stringify(ending.errors)}}`);
  }

  return {
    receive(text) {
      if (isClosed) return;
      const message = readMessage(text);
      if (message === undefined) return close('BAD_MESSAGE');
      if (message.type === 'connection_init') return void initialise(message.payload);
      if (message.type === 'ping') {
        const { payload } = message;
        return send(JSON.stringify({ type: 'pong', ...(payload && { payload }) }));
      }
      if (message.type === 'subscribe') return subscribe(message);
      if (message.type === 'complete') {
        running.get(message.id)?.();
        running.delete(message.id);
      }
    },
    closed,
  };
}

const tooMany = failed('RATE_LIMITED', 'There are too many operations on this connection.');
