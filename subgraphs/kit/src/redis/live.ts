import { createQueue } from './queue.js';
import type { RedisConnection } from './connect.js';

/** `resync`: updates may have been missed; read the state again from the last cursor, then go on. */
export type LiveItem<T> = { readonly resync: true } | { readonly resync: false; readonly payload: T };

export interface LiveSubscription<T> extends AsyncIterableIterator<LiveItem<T>, undefined> {
  /** Resolves when nothing published from now on is missed (or when Redis is away: a `resync` item follows then). */
  readonly ready: Promise<void>;
  return(): Promise<IteratorResult<LiveItem<T>, undefined>>;
}

/** Fan-out of live updates to every process. At most once: what matters is stored elsewhere and read by cursor. */
export interface Live {
  /** Never rejects. False when Redis is away; its subscribers are told to resynchronise when it is back. */
  publish(channel: string, payload: unknown): Promise<boolean>;
  /** The same to each of many channels, by one command for a thousand of them. False when any was missed. */
  publishToAll(channels: readonly string[], payload: unknown): Promise<boolean>;
  /** Listens from the call on (not from the first `next`). A reader that falls `queueSize` behind gets an error. */
  subscribe<T>(channel: string): LiveSubscription<T>;
}

export const isLiveOverflow = (error: unknown): boolean =>
  error instanceof Error && error.name === 'LiveOverflow';

const resyncMark = '!resync';
const missedLimit = 10_000;

/** One command for many channels: a tenth of the work here, and a fifth in Redis, of one command for each. */
const publishScript = `for i = 2, #ARGV do redis.call('PUBLISH', ARGV[i], ARGV[1]) end`;
const publishedTogether = 1_000;

export function createLive(options: { redis: RedisConnection; namespace: string; queueSize?: number }): Live {
  const { redis, namespace, queueSize = 1_000 } = options;
  const missed = new Set<string>();
  const nameOf = (channel: string) => `${namespace}:live:${channel}`;

  // Our own connection may fail while the subscribers' connections stand: tell them what they could not see.
  redis.client.on('ready', () => {
    const channels = [...missed];
    missed.clear();
    for (const channel of channels) send(channel, resyncMark).catch(() => missed.add(channel));
  });

  const send = (channel: string, text: string) => redis.client.publish(nameOf(channel), text);

  const sendToAll = (channels: readonly string[], text: string) =>
    redis.client.eval(publishScript, 0, text, ...channels.map(nameOf));

  async function attempt(channels: readonly string[], sending: () => Promise<unknown>): Promise<boolean> {
    try {
      await sending();
      return true;
    } catch (error) {
      if (redis.status() === 'ready') redis.log.warn({ err: error }, 'PUBLISH failed');
      for (const channel of channels) if (missed.size < missedLimit) missed.add(channel);
      return false;
    }
  }

  return {
    publish: (channel, payload) => attempt([channel], () => send(channel, JSON.stringify(payload))),
    async publishToAll(channels, payload) {
      const text = JSON.stringify(payload);
      let reachedAll = true;
      for (let from = 0; from < channels.length; from += publishedTogether) {
        const some = channels.slice(from, from + publishedTogether);
        reachedAll = (await attempt(some, () => sendToAll(some, text))) && reachedAll;
      }
      return reachedAll;
    },
    subscribe: <T>(channel: string) => subscribe<T>(redis, nameOf(channel), queueSize),
  };
}

function subscribe<T>(redis: RedisConnection, channel: string, queueSize: number): LiveSubscription<T> {
  const queue = createQueue<LiveItem<T>>({ limit: queueSize, onEnd: () => listening.close() });
  const listening = redis.subscriptions().listen(channel, {
    message: (text) =>
      queue.push(
        text === resyncMark ? { resync: true } : { resync: false, payload: JSON.parse(text) as T },
        overflow,
      ),
    resync: () => queue.push({ resync: true }, overflow),
  });
  return Object.assign(queue.iterator, { ready: listening.ready });
}

const overflow = () => Object.assign(new Error('The subscriber reads too slowly.'), { name: 'LiveOverflow' });
