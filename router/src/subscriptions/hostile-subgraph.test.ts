import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { silentLog } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { createRouter, readConfig, type RunningRouter } from '../router.js';

/** Speaks the protocol and answers each operation with what its test wants: texts of messages, `ID` for its id. */
let say: readonly string[] = [];
let subgraph: WebSocketServer;
let router: RunningRouter;
let client: Client;
let folder: string;

beforeAll(async () => {
  subgraph = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => 'graphql-transport-ws',
  });
  await once(subgraph, 'listening');
  subgraph.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { type, id } = JSON.parse(data.toString()) as { type: string; id: string };
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type === 'subscribe') for (const text of say) socket.send(text.replace('ID', id));
    });
  });
  const url = `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}`;
  const typeDefs = parse(
    'type Query { a: Int } type Subscription { ticks: Tick } scalar Any type Tick { any: Any }',
  );
  const { supergraphSdl } = composeServices([{ name: 'a', url, typeDefs }]);
  folder = await mkdtemp(join(tmpdir(), 'router-test-'));
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, supergraphSdl!);
  router = await createRouter({ config: { ...readConfig({ SUPERGRAPH: path }), PORT: 0 }, log: silentLog });
  client = createClient({ url: `${router.url}/graphql`, webSocketImpl: WebSocket, lazy: false });
});
afterAll(async () => {
  await client.dispose();
  await router.stop();
  subgraph.close();
  await rm(folder, { recursive: true });
});

const next = (payload: string) => `{"id":"ID","type":"next","payload":${payload}}`;
const error = (payload: string) => `{"id":"ID","type":"error","payload":${payload}}`;
const complete = '{"id":"ID","type":"complete"}';
const nested = '['.repeat(50_000) + ']'.repeat(50_000);
const internal = expect.objectContaining({
  message: 'Internal error',
  extensions: expect.objectContaining({ code: 'INTERNAL' }),
});

/** All that a client is told, the errors of an `error` message last. */
async function told(): Promise<unknown[]> {
  const results: unknown[] = [];
  try {
    for await (const result of client.iterate({ query: 'subscription { ticks { any } }' }))
      results.push(result);
  } catch (errors) {
    results.push(errors);
  }
  return results;
}

describe('a subgraph that breaks the rules', () => {
  it.each([
    ['errors that are no list', '{"data":null,"errors":"boom"}'],
    ['errors that are none', '{"data":null,"errors":[null,1]}'],
    ['messages and paths that are none', '{"data":null,"errors":[{"message":5,"path":{"a":1}}]}'],
    ['no result', '5'],
    ['nothing', 'null'],
    ['data that is no object', '{"data":"x"}'],
  ])('may answer an event with %s', async (_name, payload) => {
    say = [next(payload), complete];
    expect(await told()).toEqual([{ data: { ticks: null }, errors: [internal] }]);
  });

  it('may nest what it answers deeper than anybody can follow', async () => {
    say = [next(`{"data":{"ticks":{"any":${nested}}}}`), complete];
    expect(await told()).toEqual([{ errors: [internal] }]);
  });

  it.each([
    ['errors of its inside', '[{"message":"db-1 is gone","extensions":{"stacktrace":["at main"]}}]'],
    ['errors that are none', '[null]'],
    ['errors that are no list', '{"a":1}'],
  ])('may end an operation with %s: clients are not told', async (_name, payload) => {
    say = [error(payload)];
    expect(await told()).toEqual([[internal]]);
  });
});
