import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeCodes, type CloseReason } from '../close-codes.js';
import { openConnection, type ConnectionParts } from './connection.js';

export interface ServeOptions extends ConnectionParts {
  readonly server: Server;
  readonly maxMessageBytes: number;
  /** More than this many sockets, initialised or not, are turned away before they are opened. */
  readonly maxSockets: number;
  /** Origins of pages that may open one, beside our own: browsers ask nobody before they open a socket. */
  readonly origins: readonly string[];
}

const protocol = 'graphql-transport-ws';
const heartbeatMs = 25_000;
/** A client that does not answer the closing handshake for so long is cut off. */
const closeGraceMs = 5_000;

/** Serves graphql-transport-ws on `/graphql` of the HTTP server. */
export function serveWebSockets({ server, maxMessageBytes, maxSockets, origins, ...parts }: ServeOptions) {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // With none in common the upgrade succeeds without one, and the client closes.
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  const alive = new WeakSet<WebSocket>();
  let isStopping = false;

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, heartbeatMs).unref();

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer) {
    if (!/^\/graphql\/?(\?|$)/.test(request.url ?? '')) return refuse(stream, '404 Not Found');
    if (!isAllowed(request.headers)) return refuse(stream, '403 Forbidden');
    if (isStopping || sockets.clients.size >= maxSockets) return refuse(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => open(socket, request));
  }

  /** Programs send no Origin. A page of another site could act with what its visitor's browser adds by itself. */
  function isAllowed({ origin, host }: IncomingHttpHeaders): boolean {
    if (origin === undefined || origins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }

  function open(socket: WebSocket, request: IncomingMessage) {
    socket.on('error', () => socket.terminate());
    if (socket.protocol !== protocol) return socket.close(4406, 'Subprotocol not acceptable');
    alive.add(socket);
    const connection = openConnection(
      {
        send: (text) => socket.send(text),
        close: (reason) => close(socket, reason),
        buffered: () => socket.bufferedAmount,
      },
      request,
      parts,
    );
    socket.on('pong', () => alive.add(socket));
    socket.on('message', (data: Buffer) => {
      alive.add(socket);
      connection.receive(data.toString());
    });
    socket.on('close', () => connection.closed());
  }

  server.on('upgrade', upgrade);
  return {
    count: () => sockets.clients.size,
    /** Takes no more. */
    drain: () => void (isStopping = true),
    /** Resolves when every socket is closed. */
    async stop(): Promise<void> {
      isStopping = true;
      for (const socket of sockets.clients) close(socket, 'SERVICE_RESTART');
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearInterval(heartbeat);
      server.off('upgrade', upgrade);
    },
  };
}

function close(socket: WebSocket, reason: CloseReason): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.close(closeCodes[reason], reason);
  const timer = setTimeout(() => socket.terminate(), closeGraceMs);
  socket.once('close', () => clearTimeout(timer));
}

function refuse(stream: Duplex, status: string): void {
  stream.on('error', () => undefined);
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
