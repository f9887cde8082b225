import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** One request as it came over the wire. */
export interface NetRequest {
  readonly head: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly socket: Socket;
  /** Which connection it came on, counted from 0. */
  readonly connection: number;
  /** Counted from 0 over all connections. */
  readonly index: number;
}

export interface NetSubgraph {
  readonly url: string;
  readonly received: NetRequest[];
  connections(): number;
  /** Resolves once so many requests have come. */
  seen(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** A server that writes whatever bytes a test wants, and breaks HTTP as a test wants. */
export async function startNetSubgraph(respond: (request: NetRequest) => void): Promise<NetSubgraph> {
  const received: NetRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    const connection = connections++;
    let bytes = Buffer.alloc(0);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more]);
      for (;;) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = bytes.toString('latin1', 0, end);
        const headers = Object.fromEntries(
          head
            .split('\r\n')
            .slice(1)
            .map((line) => line.split(/: (.*)/s, 2)),
        ) as Record<string, string>;
        const rest = bytes.subarray(end + 4);
        const length = Number(headers['content-length']);
        if (rest.length < length) return;
        bytes = rest.subarray(length);
        const request = {
          head,
          headers,
          body: rest.toString('utf8', 0, length),
          socket,
          connection,
          index: received.length,
        };
        received.push(request);
        respond(request);
        for (const { count, resolve } of waiting) if (received.length >= count) resolve();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    received,
    connections: () => connections,
    seen: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
        if (received.length >= count) resolve();
      }),
    async stop() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** An HTTP answer; GraphQL's unless told otherwise. */
export function http(body: string, { status = 200, type = 'application/json', more = '' } = {}): string {
  const typeLine = type === '' ? '' : `content-type: ${type}\r\n`;
  return `HTTP/1.1 ${status} -\r\n${typeLine}${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const data = (value: object): string => JSON.stringify({ data: value });
