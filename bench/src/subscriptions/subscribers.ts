import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Subscribers {
  /** Milliseconds from publishing to receipt, of each subscriber that got the next event; resolves when all did. */
  nextEvent(): Promise<readonly number[]>;
  stop(): void;
}

/** So many connect at the same time. */
const atOnce = 100;

/** `channelOf`: subscribers of one channel ask for the same. */
export async function connectSubscribers(
  url: string,
  count: number,
  channelOf: (index: number) => number,
): Promise<Subscribers> {
  const sockets: WebSocket[] = [];
  let latencies: number[] = [];
  let done: (latencies: readonly number[]) => void = () => undefined;

  const receive = (data: Buffer) => {
    const receivedAt = performance.now();
    const message = data.toString();
    const at = /"at":([\d.]+)/.exec(message);
    if (at === null) throw new Error(`Not an event: ${message.slice(0, 200)}`);
    latencies.push(receivedAt - Number(at[1]));
    if (latencies.length === count) done(latencies);
  };

  const connect = async (index: number) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
    sockets.push(socket);
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.on('message', receive);
    const payload = {
      query: 'subscription ($channel: Int) { ticks(channel: $channel) { at text } }',
      variables: { channel: channelOf(index) },
    };
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
  };

  for (let index = 0; index < count; index += atOnce) {
    const few = Math.min(atOnce, count - index);
    await Promise.all(Array.from({ length: few }, (_, offset) => connect(index + offset)));
  }

  return {
    nextEvent: () => {
      latencies = [];
      return new Promise((resolve) => (done = resolve));
    },
    stop: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}
