import type { GraphQLFormattedError } from 'graphql';
import { WebSocket } from 'ws';
import { isRecord, readErrors } from '../../subgraphs/client/read-errors.js';

/** Of one operation at a subgraph. The last call is `failed`, `lost` or `complete`. */
export interface UpstreamSink {
  next(result: { data?: Record<string, unknown> | null; errors?: readonly GraphQLFormattedError[] }): void;
  /** The subgraph refuses or ends the operation with errors. */
  failed(errors: readonly GraphQLFormattedError[]): void;
  /** The socket was closed: what came meanwhile is not known. */
  lost(): void;
  complete(): void;
}

export interface Socket {
  /** Returns what ends it. */
  subscribe(payload: object, sink: UpstreamSink): () => void;
  close(): void;
}

interface SocketOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly initPayload: object;
  readonly maxMessageBytes: number;
  /** Called once, before the sinks hear of it. */
  readonly onClose: (code: number) => void;
  /** It is about to close because nobody uses it: nothing may be subscribed there any more. */
  readonly onIdle: () => void;
  readonly idleMs: number;
}

const connectMs = 10_000;
const pingMs = 10_000;

interface Message {
  readonly type?: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/**
 * One connection by the graphql-transport-ws protocol (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md)
 * with many operations. It never connects again by itself: whoever resumes has to say after which cursor.
 */
export function openSocket(options: SocketOptions): Socket {
  const { url, headers, initPayload, maxMessageBytes, onClose, onIdle, idleMs } = options;
  const sinks = new Map<string, UpstreamSink>();
  const waiting = new Map<string, object>();
  let isAcknowledged = false;
  let isAlive = true;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;
  const socket = new WebSocket(url, 'graphql-transport-ws', {
    headers: { ...headers },
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handshakeTimeout: connectMs,
  });
  const acknowledgement = setTimeout(() => socket.terminate(), connectMs);
  const heartbeat = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingMs);

  const send = (message: Message) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  socket.on('open', () => send({ type: 'connection_init', payload: initPayload }));
  socket.on('pong', () => void (isAlive = true));
  socket.on('message', (data: Buffer) => {
    isAlive = true;
    try {
      receive(JSON.parse(data.toString()) as Message);
    } catch {
      socket.close(4004, 'Bad response');
    }
  });
  // `close` follows.
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    clearTimeout(acknowledgement);
    clearTimeout(idle);
    clearInterval(heartbeat);
    onClose(code);
    const lost = [...sinks.values()];
    sinks.clear();
    for (const sink of lost) sink.lost();
  });

  function receive({ type, id = '', payload }: Message) {
    if (type === 'connection_ack') return acknowledged();
    if (type === 'ping') return send({ type: 'pong' });
    if (type === 'next') return sinks.get(id)?.next(readResult(payload));
    if (type === 'error') return take(id)?.failed(readErrorList(payload));
    if (type === 'complete') return take(id)?.complete();
  }

  function acknowledged() {
    clearTimeout(acknowledgement);
    isAcknowledged = true;
    for (const [id, payload] of waiting) send({ type: 'subscribe', id, payload });
    waiting.clear();
  }

  function take(id: string): UpstreamSink | undefined {
    const sink = sinks.get(id);
    sinks.delete(id);
    waiting.delete(id);
    if (sink && sinks.size === 0 && socket.readyState !== WebSocket.CLOSED) {
      clearTimeout(idle);
      idle = setTimeout(() => {
        onIdle();
        socket.close(1000, 'Idle');
      }, idleMs);
    }
    return sink;
  }

  return {
    subscribe(payload, sink) {
      clearTimeout(idle);
      const id = String((lastId += 1));
      sinks.set(id, sink);
      if (isAcknowledged) send({ type: 'subscribe', id, payload });
      else waiting.set(id, payload);
      return () => {
        if (take(id) && isAcknowledged) send({ type: 'complete', id });
      };
    },
    close: () => socket.close(1000, 'Stopped'),
  };
}

/** Subgraphs may send anything: what is no result has neither data nor errors that tell why. */
function readResult(payload: unknown): Parameters<UpstreamSink['next']>[0] {
  const { data, errors = null } = isRecord(payload) ? payload : {};
  const isGood = errors === null || (Array.isArray(errors) && errors.length === 0);
  return { data: isRecord(data) ? data : null, ...(!isGood && { errors: readErrorList(errors) }) };
}

function readErrorList(given: unknown): readonly GraphQLFormattedError[] {
  const errors = Array.isArray(given) ? readErrors(given) : [];
  return errors.length > 0 ? errors : [{ message: 'errors that cannot be read' }];
}
