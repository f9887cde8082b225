import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** A subgraph that costs next to nothing: it tells everybody who subscribes the time at which it does. */
export interface Ticker {
  readonly url: string;
  /** Operations that are subscribed now. */
  subscribed(): number;
  publish(): void;
  stop(): void;
}

export const tickerSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { isReady: Boolean }
  type Subscription { ticks(channel: Int): Tick! }
  type Tick { at: Float! text: String! }`;

const text = 'About as much as somebody writes in a chat message, which is not very much at all.';

export async function startTicker(): Promise<Ticker> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: () => 'graphql-transport-ws',
  });
  await once(server, 'listening');
  const operations = new Map<WebSocket, Set<string>>();

  server.on('connection', (socket) => {
    const ids = new Set<string>();
    operations.set(socket, ids);
    socket.on('close', () => operations.delete(socket));
    socket.on('message', (data: Buffer) => {
      const { type, id } = JSON.parse(data.toString()) as { type: string; id: string };
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type === 'subscribe') ids.add(id);
      if (type === 'complete') ids.delete(id);
    });
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    subscribed: () => [...operations.values()].reduce((sum, ids) => sum + ids.size, 0),
    publish() {
      const ticks = { at: performance.now(), text };
      const payload = JSON.stringify({ data: { ticks } });
      for (const [socket, ids] of operations) {
        for (const id of ids) socket.send(`{"type":"next","id":"${id}","payload":${payload}}`);
      }
    },
    stop: () => server.close(),
  };
}
