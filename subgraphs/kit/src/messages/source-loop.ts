import type pg from 'pg';
import { hourMs } from '../durations.js';
import type { Logger } from '../logger.js';
import type { RedisConnection } from '../redis/index.js';
import type { Handling, Observer } from './handling.js';
import type { Inbound, Judge } from './inbound.js';
import { inParallel } from './parallel.js';
import type { Parking } from './parking.js';
import type { Entry, StreamReader } from './stream.js';

export interface SourceLoopOptions<Tx> {
  pool: pg.Pool;
  redis: RedisConnection;
  log: Logger;
  source: string;
  stream: StreamReader;
  judge: Judge<Tx>;
  parking: Parking;
  handling: Handling<Tx>;
  parallelKeys: number;
  inboxRetentionDays: number;
  isActive: () => boolean;
  delay: (ms: number) => Promise<void>;
  observe: Pick<Observer, 'idle'>;
}

const cleanupMs = hourMs;
const retryCheckMs = 500;

/** Reads and handles the messages of one source for as long as `isActive`. Only the holder of the lease runs it. */
export async function runSourceLoop<Tx>(options: SourceLoopOptions<Tx>): Promise<void> {
  const { stream, log, isActive, delay, redis } = options;
  const retryParked = every(retryCheckMs, async () => {
    const heads = await options.parking.dueHeads();
    await inParallel(heads, options.parallelKeys, options.handling.handleParked);
  });
  const cleanUp = every(cleanupMs, () => removeOldInbox(options));
  let ready = false;
  let failing = false;
  while (isActive()) {
    try {
      await retryParked();
      await cleanUp();
      if (!ready) await stream.recover();
      ready = true;
      const entries = await stream.read();
      if (entries.length > 0) await handleBatch(options, entries);
      else options.observe.idle();
      failing = false;
    } catch (error) {
      if (!isActive()) return;
      // A broker that forgot the group is expected; its absence is told by the connection.
      const expected = redis.status() !== 'ready' || isForgotten(error);
      if (!expected && !failing)
        log.error({ err: error, source: options.source }, 'The consumer failed; trying again');
      failing = !expected;
      if (!ready || !isForgotten(error)) await delay(200 + Math.random() * 200);
      ready = false;
    }
  }
}

/** Keys in parallel, the messages of a key one after the other; acknowledges what is settled even if some failed. */
async function handleBatch<Tx>(options: SourceLoopOptions<Tx>, entries: Entry[]): Promise<void> {
  const done = entries.filter((entry) => entry.envelope === undefined).map((entry) => entry.id);
  const inbounds = entries
    .filter((entry) => entry.envelope !== undefined)
    .map((entry) => ({ entryId: entry.id, inbound: options.judge(entry.envelope) }));
  const byKey = groupByKey(inbounds);
  const known = await options.parking.lookUp(inbounds.map(({ inbound }) => inbound).filter(isOurs));
  try {
    await inParallel([...byKey], options.parallelKeys, async ([key, messages]) => {
      let blocked = known.blockedKeys.has(key);
      for (const { entryId, inbound } of messages) {
        if (!options.isActive()) return;
        if (!known.settled.has(inbound.id)) {
          const outcome = await options.handling.handleFresh(inbound, blocked);
          if (outcome === 'interrupted') return;
          blocked ||= outcome === 'blocked';
        }
        done.push(entryId);
      }
    });
  } finally {
    await options.stream.acknowledge(done);
  }
}

const isOurs = ({ kind }: Pick<Inbound<never>, 'kind'>): boolean => kind !== 'unknown';

function groupByKey<T extends { inbound: { key: string } }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.inbound.key);
    if (group) group.push(item);
    else groups.set(item.inbound.key, [item]);
  }
  return groups;
}

function every(ms: number, run: () => Promise<void>): () => Promise<void> {
  let last = -Infinity;
  return async () => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    await run();
  };
}

const isForgotten = (error: unknown): boolean =>
  error instanceof Error && /^(NOGROUP|UNBLOCKED|ERR The XGROUP|ERR no such key)/.test(error.message);

async function removeOldInbox<Tx>({
  pool,
  source,
  inboxRetentionDays,
}: SourceLoopOptions<Tx>): Promise<void> {
  await pool.query(
    'DELETE FROM kit.inbox WHERE source = $1 AND handled_at < now() - make_interval(days => $2)',
    [source, inboxRetentionDays],
  );
}
