/** A process of subscribers: many of them share a connection, as those of one router do. Told what to do by its parent. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Stage } from './stage.js';
import { conversationIds, now, signed } from './viewers.js';

const perConnection = 500;
const query = `subscription ($id: ID!) { conversationEvents(conversationId: $id) {
  cursor event { __typename ... on MessageSent { message { id sequence text } } } } }`;

let latencies: number[] = [];
let begun = 0;

function receive(data: Buffer): void {
  const receivedAt = now();
  const text = data.toString();
  const sentAt = /"text":"([\d.]+)"/.exec(text)?.[1];
  if (sentAt) latencies.push(receivedAt - Number(sentAt));
  else if (text.includes('SubscriptionStarted')) begun++;
  else if (text.includes('error')) throw new Error(text.slice(0, 300));
}

async function connect(url: string, secret: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: signed('router', secret) }));
  await once(socket, 'message');
  socket.on('message', (data: Buffer) => {
    if (data.includes('"type":"ping"')) socket.send('{"type":"pong"}');
    else receive(data);
  });
  return socket;
}

/** People are spread over the processes of messaging in turn. */
async function subscribeAll({ urls, secret, groups }: Omit<Stage, 'stop' | 'pids'>): Promise<void> {
  const sides = groups.flatMap(({ conversationId, people }) =>
    people.map((person) => ({ conversationId, person })),
  );
  for (let from = 0; from < sides.length; from += perConnection) {
    const sockets = await Promise.all(urls.map((url) => connect(url, secret)));
    const some = sides.slice(from, from + perConnection);
    for (const [index, { conversationId, person }] of some.entries()) {
      const payload = {
        query,
        variables: { id: conversationIds.encode(conversationId) },
        extensions: signed(person, secret),
      };
      sockets[index % sockets.length]!.send(JSON.stringify({ type: 'subscribe', id: person, payload }));
    }
    while (begun < from + some.length) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

process.on('message', (told: { subscribe?: Omit<Stage, 'stop' | 'pids'>; report?: number }) => {
  if (told.subscribe) void subscribeAll(told.subscribe).then(() => process.send!('subscribed'));
  if (told.report === undefined) return;
  const expected = told.report;
  const waitUntil = Date.now() + 30_000;
  const timer = setInterval(() => {
    if (latencies.length < expected && Date.now() < waitUntil) return;
    clearInterval(timer);
    process.send!(latencies);
    latencies = [];
  }, 50);
});
