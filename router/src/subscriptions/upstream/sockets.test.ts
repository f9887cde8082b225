import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog, testClock } from '@diaspora/kit/testing';
import { WebSocketServer, type WebSocket } from 'ws';
import { createSockets } from './sockets.js';

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
    const sockets = createSockets({ maxMessageBytes: 1_000, idleMs: 10, clock: testClock(), log: silentLog });
    const subscribe = () =>
      sockets.subscribe(url, { query: 'subscription { a }', variables: {} }, subject, sink);
    const first = once(subgraph, 'connection') as Promise<[WebSocket]>;
    const leave = subscribe();
    const [socket] = await first;
    // What closes it stays unread: its end is never confirmed.
    socket.pause();
    leave();
    const second = once(subgraph, 'connection');
    for (let tries = 0; opened.length < 2 && tries < 50; tries++) {
      await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 20))]);
      subscribe()();
    }
    expect(opened).toHaveLength(2);
    sockets.stop();
  });
});
