import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls';
import { unavailable } from '../steps/call.js';
import type { Received } from './client.js';
import { createResponseParser, type Parsed } from './response-parser.js';

/** One request and whoever waits for its answer. */
export interface Exchange {
  /** Head and body. */
  readonly message: string;
  readonly encoding: 'latin1' | 'utf8';
  settle(received: Received): void;
}

export interface Connection {
  /** Sends a request. Not to be called while another one is under way. */
  begin(exchange: Exchange): void;
  /** Whether it is open, as far as we know. */
  readonly isOpen: () => boolean;
  /** Closes it; who waits for an answer is not told. */
  destroy(): void;
}

export interface ConnectionOptions {
  readonly open: (onread: OnReadOpts) => Socket;
  /** Read into by all connections in turn: what a read brought is used up before the next. */
  readonly readBuffer: Buffer;
  readonly maxBytes: number;
  /** It may carry another request. Called before the answer is handed over. */
  readonly onIdle: (connection: Connection) => void;
  readonly onClosed: (connection: Connection) => void;
}

/** Node's servers close a connection after five idle seconds: we do it first, so that no request meets a closed one. */
const maxIdleMs = 4_000;

export function createConnection(options: ConnectionOptions): Connection {
  const { open, readBuffer, maxBytes, onIdle, onClosed } = options;
  const parser = createResponseParser({ maxBytes });
  let current: Exchange | undefined;
  let hasServed = false;
  let hasReceived = false;
  let failure: NodeJS.ErrnoException | undefined;

  const socket = open({
    buffer: readBuffer,
    callback(length) {
      if (current === undefined) socket.destroy();
      else {
        hasReceived = true;
        settle(parser.push(readBuffer.subarray(0, length)));
      }
      return true;
    },
  });
  socket.setNoDelay(true);
  socket.setTimeout(maxIdleMs, () => {
    if (current === undefined) socket.destroy();
  });
  socket.on('error', (error) => (failure = error));
  // The other side says no more: what is under way ends here, and nothing else is to begin.
  socket.on('end', () => {
    if (current !== undefined && hasReceived) settle(parser.end());
    socket.destroy();
  });
  socket.on('close', () => {
    answer(lost());
    onClosed(connection);
  });

  function settle(parsed: Parsed | undefined): void {
    if (parsed === undefined) return;
    // An answer to a request that is not sent yet entirely leaves the connection in the middle of that request.
    if (parsed.kind === 'answer' && parsed.isPersistent && socket.writableLength === 0) {
      const exchange = current!;
      current = undefined;
      hasServed = true;
      onIdle(connection);
      return exchange.settle({ raw: parsed.raw });
    }
    answer(parsed.kind === 'answer' ? { raw: parsed.raw } : refusal(parsed, maxBytes));
    socket.destroy();
  }

  function answer(received: Received): void {
    const exchange = current;
    current = undefined;
    exchange?.settle(received);
  }

  function lost(): Received {
    const reason = failure?.code ?? 'closed';
    if (hasReceived) return unavailable(`the answer was cut off: ${reason}`, { retry: 'later' });
    if (hasServed)
      return unavailable(`the idle connection was gone: ${reason}`, { retry: 'at once', isFailure: false });
    return unavailable(`no connection: ${reason}`, { retry: 'later' });
  }

  const connection: Connection = {
    begin(exchange) {
      current = exchange;
      hasReceived = false;
      socket.write(exchange.message, exchange.encoding);
    },
    isOpen: () => !socket.destroyed,
    destroy() {
      current = undefined;
      socket.destroy();
    },
  };
  return connection;
}

function refusal(parsed: Exclude<Parsed, { kind: 'answer' }>, maxBytes: number): Received {
  if (parsed.kind === 'too large') return unavailable(`the answer is longer than ${maxBytes} bytes`);
  const retry = parsed.reason === 'truncated' ? { retry: 'later' as const } : {};
  return unavailable(`the answer is not HTTP: ${parsed.reason}`, retry);
}

/** Opens connections to the origin of a URL; TLS sessions are resumed. `ca`: authorities instead of the usual ones. */
export function createOpener(url: URL, ca?: string): (onread: OnReadOpts) => Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') {
    const port = Number(url.port || 80);
    return (onread) => connectTcp({ host, port, onread });
  }
  const options: TlsOptions = {
    host,
    port: Number(url.port || 443),
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    ca,
  };
  let session: Buffer | undefined;
  return (onread) => {
    // The types do not know `onread` here; Node's documentation does.
    const own: TlsOptions & { onread: OnReadOpts } = { ...options, session, onread };
    return connectTls(own).on('session', (latest) => (session = latest));
  };
}
