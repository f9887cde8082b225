import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog, testClock } from '@diaspora/kit/testing';
import { WebSocketServer, type WebSocket } from 'ws';
import { createSockets } from './sockets.js';

const idleMs = 10;
const subject = { identity: 'anonymous', viewer: null, forwardedHeaders: {} };
const sink = {
  next: () => undefined,
  failed: () => undefined,
  lost: () => undefined,
  complete: () => undefined,
};

describe('sockets to subgraphs', () => {
  let subgraph: WebSocketServer;
  let url: string;
  const opened: WebSocket[] = [];
  beforeEach(async () => {
    subgraph = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      handleProtocols: () => 'graphql-transport-ws',
    });
    subgraph.on('connection', (socket) => {
      opened.push(socket);
      socket.once('message', () => socket.send('{"type":"connection_ack"}'));
    });
    await once(subgraph, 'listening');
    url = `ws://127.0.0.1:${(subgraph.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.terminate();
    subgraph.close();
  });

  it('do not give anybody one that is closing because nobody used it', async () => {
    const sockets = createSockets({ maxMessageBytes: 1_000, idleMs, clock: testClock(), log: silentLog });
    const subscribe = () =>
      sockets.subscribe(url, { query: 'subscription { a }', variables: {} }, subject, sink);
    const first = once(subgraph, 'connection') as Promise<[WebSocket]>;
    const leave = subscribe();
    const [socket] = await first;
    await once(socket, 'message');
    // What closes it stays unread: its end is never confirmed.
    socket.pause();
    leave();
    // Of two timers of one length the one that was set first comes first, however late they are.
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const second = once(subgraph, 'connection');
    subscribe();
    await second;
    expect(opened).toHaveLength(2);
    sockets.stop();
  });
});
