import type { Client, ClientOptions, CreateClient, Received } from './client.js';
import { createConnection, createOpener, type Connection, type Exchange } from './connection.js';

/** An exchange, and the connection it is on. */
interface Placed extends Exchange {
  connection: Connection | undefined;
}

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
  const waiting = new Set<Placed>();
  let count = 0;
  let isStopped = false;

  function connect(): Connection {
    count++;
    return createConnection({ open, readBuffer, maxBytes, onIdle, onClosed });
  }

  function begin(exchange: Placed, connection: Connection): void {
    exchange.connection = connection;
    connection.begin(exchange);
  }

  function takeIdle(): Connection | undefined {
    let connection = idle.pop();
    while (connection !== undefined && !connection.isOpen()) connection = idle.pop();
    return connection;
  }

  function onIdle(connection: Connection): void {
    const [next] = waiting;
    if (next !== undefined) {
      waiting.delete(next);
      begin(next, connection);
    } else if (isStopped) connection.destroy();
    else idle.push(connection);
  }

  function onClosed(connection: Connection): void {
    count--;
    const at = idle.indexOf(connection);
    if (at >= 0) idle.splice(at, 1);
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    begin(next, connect());
  }

  function send(headers: string, body: string, done: (received: Received) => void) {
    const length = Buffer.byteLength(body);
    const exchange: Placed = {
      connection: undefined,
      message: `${start}${headers}content-length: ${length}\r\n\r\n${body}`,
      encoding: length === body.length ? 'latin1' : 'utf8',
      done(received) {
        exchange.connection = undefined;
        if (received.fault?.retry === 'at once') closeIdle();
        done(received);
      },
    };
    const connection = takeIdle();
    if (connection !== undefined) begin(exchange, connection);
    else if (count < maxConnections) begin(exchange, connect());
    else waiting.add(exchange);
    return () => {
      waiting.delete(exchange);
      exchange.connection?.destroy();
      exchange.connection = undefined;
    };
  }

  function closeIdle(): void {
    for (const connection of idle.splice(0)) connection.destroy();
  }

  return {
    send,
    stop() {
      isStopped = true;
      closeIdle();
    },
  } satisfies Client;
};

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
