import type { Client, ClientOptions, CreateClient, RawReceiver, Received } from './client.js';
import { createConnection, createOpener, type Connection, type Exchange } from './connection.js';

const readBufferBytes = 128 * 1024;

/**
 * HTTP/1.1 on plain sockets, for one subgraph: kept-alive connections, one request at a time on each. Refuses whatever
 * it does not fully understand and closes the connection it came on, so that answers can never be mixed up.
 */
export const createSocketClient: CreateClient = ({ url, maxConnections, maxBytes, compression, ca }) => {
  const start = requestStart(url, compression);
  const open = createOpener(url, ca);
  const readBuffer = Buffer.allocUnsafeSlow(readBufferBytes);
  /** The one used last is used next, so that a lull closes those that are not needed. */
  const idle: Connection[] = [];
  const waiting: PooledExchange[] = [];
  let count = 0;
  let isStopped = false;

  function connect(): Connection {
    count++;
    return createConnection({ open, readBuffer, maxBytes, onIdle, onClosed });
  }

  function takeIdle(): Connection | undefined {
    let connection = idle.pop();
    while (connection !== undefined && !connection.isOpen()) connection = idle.pop();
    return connection;
  }

  function onIdle(connection: Connection): void {
    const next = waiting.shift();
    if (next !== undefined) next.begin(connection);
    else if (isStopped) connection.destroy();
    else idle.push(connection);
  }

  function onClosed(connection: Connection): void {
    count--;
    const at = idle.indexOf(connection);
    if (at >= 0) idle.splice(at, 1);
    waiting.shift()?.begin(connect());
  }

  function closeIdle(): void {
    for (const connection of idle.splice(0)) connection.destroy();
  }

  const pool: Pool = { waiting, closeIdle };
  return {
    send(headers, body, receiver) {
      const length = Buffer.byteLength(body);
      const message = `${start}${headers}content-length: ${length}\r\n\r\n${body}`;
      const exchange = new PooledExchange(
        message,
        length === body.length ? 'latin1' : 'utf8',
        receiver,
        pool,
      );
      const connection = takeIdle() ?? (count < maxConnections ? connect() : undefined);
      if (connection === undefined) waiting.push(exchange);
      else exchange.begin(connection);
      return exchange;
    },
    stop() {
      isStopped = true;
      closeIdle();
    },
  } satisfies Client;
};

interface Pool {
  readonly waiting: PooledExchange[];
  closeIdle(): void;
}

class PooledExchange implements Exchange {
  readonly message: string;
  readonly encoding: 'latin1' | 'utf8';
  readonly #receiver: RawReceiver;
  readonly #pool: Pool;
  #connection: Connection | undefined;

  constructor(message: string, encoding: 'latin1' | 'utf8', receiver: RawReceiver, pool: Pool) {
    this.message = message;
    this.encoding = encoding;
    this.#receiver = receiver;
    this.#pool = pool;
  }

  begin(connection: Connection): void {
    this.#connection = connection;
    connection.begin(this);
  }

  settle(received: Received): void {
    this.#connection = undefined;
    // Where one kept connection was gone, the others are too.
    if (received.fault?.retry === 'at once') this.#pool.closeIdle();
    this.#receiver.receive(received);
  }

  cancel(): void {
    const at = this.#connection === undefined ? this.#pool.waiting.indexOf(this) : -1;
    if (at >= 0) this.#pool.waiting.splice(at, 1);
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}

/** The lines that are the same in every request. */
function requestStart(url: URL, compression: ClientOptions['compression']): string {
  const { username, password } = url;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    'accept: application/graphql-response+json, application/json;q=0.9',
    ...(compression === 'none' ? [] : [`accept-encoding: ${compression}`]),
    ...(username === '' ? [] : [`authorization: Basic ${credentials.toString('base64')}`]),
    '',
  ].join('\r\n');
}
