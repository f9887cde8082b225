import type { Redis } from 'ioredis';
import type { RedisConnection } from '../redis/index.js';

export interface Entry {
  /** The broker's id of the entry. */
  id: string;
  /** The envelope as text; undefined when the entry was trimmed away before it was acknowledged. */
  envelope: string | undefined;
}

/** One consumer group on one stream, read by one holder at a time under one name. */
export interface StreamReader {
  /** Entries handed out before and not acknowledged come first, then new ones (waits up to the block time). */
  read(): Promise<Entry[]>;
  acknowledge(ids: string[]): Promise<void>;
  /** After any failure: makes the group if the broker has forgotten it and begins with what is not acknowledged. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

type Reply = [stream: string, entries: [id: string, fields: string[] | null][]][] | null;

// Lease holders share one name, so that a new one finds what the last one left.
const consumerName = 'active';

export function openStream(options: {
  redis: RedisConnection;
  stream: string;
  group: string;
  blockMs: number;
  count: number;
}): StreamReader {
  const { redis, stream, group, blockMs, count } = options;
  const reading = redis.open(`${group}-reads`, { commandTimeoutMs: 0 });
  let leftovers = true;

  return {
    async read() {
      const reply = leftovers
        ? await readGroup(reading.client, blockMs + 5_000, [
            group,
            consumerName,
            'COUNT',
            count,
            'STREAMS',
            stream,
            '0',
          ])
        : await readGroup(reading.client, blockMs + 5_000, [
            group,
            consumerName,
            'COUNT',
            count,
            'BLOCK',
            blockMs,
            'STREAMS',
            stream,
            '>',
          ]);
      const entries = (reply?.[0]?.[1] ?? []).map(([id, fields]) => ({
        id,
        envelope: fieldOf(fields, 'envelope'),
      }));
      if (leftovers && entries.length === 0) leftovers = false;
      return entries;
    },
    async acknowledge(ids) {
      if (ids.length > 0) await redis.client.xack(stream, group, ...ids);
    },
    async recover() {
      leftovers = true;
      try {
        await redis.client.xgroup('CREATE', stream, group, '0', 'MKSTREAM');
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
      }
    },
    stop: () => reading.stop(),
  };
}

/** A server that does not answer in time has its connection dropped, which rejects the read. */
async function readGroup(client: Redis, timeoutMs: number, args: (string | number)[]): Promise<Reply> {
  const guard = setTimeout(() => client.disconnect(true), timeoutMs);
  try {
    return (await client.call('XREADGROUP', 'GROUP', ...args)) as Reply;
  } finally {
    clearTimeout(guard);
  }
}

function fieldOf(fields: string[] | null, name: string): string | undefined {
  const at = fields?.indexOf(name) ?? -1;
  return at < 0 ? undefined : fields?.[at + 1];
}
