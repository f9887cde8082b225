import type { Redis } from 'ioredis';
import type pg from 'pg';
import { dayMs } from '../durations.js';
import { inTransaction } from '../database/transaction.js';

export interface RelayTarget {
  pool: pg.Pool;
  redis: Pick<Redis, 'eval'>;
  stream: string;
  retentionDays: number;
  /** Runs between the broker's answer and the commit. For tests that crash there. */
  beforeCommit?: () => void;
}

export interface RelayStep {
  published: number;
  republished: number;
  /** More may be there. What is committed from now on is notified. */
  isFull: boolean;
}

interface Row {
  id: string;
  envelope: string;
  sequence: string | null;
}

const batchSize = 200;
const nothing: RelayStep = { published: 0, republished: 0, isFull: false };

const lastSequence = `
local function last()
  local entry = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  return entry and entry[2][2] or '0'
end`;

// Appends only to the stream whose mark was read: one that vanished in between must get what it lost first.
const append = `${lastSequence}
if tonumber(last()) ~= tonumber(ARGV[1]) then return 0 end
for at = 3, #ARGV, 2 do redis.call('XADD', KEYS[1], '*', 'sequence', ARGV[at], 'envelope', ARGV[at + 1]) end
redis.call('XTRIM', KEYS[1], 'MINID', '~', ARGV[2])
return 1`;

/**
 * One batch. The broker's mark is the sequence of the last entry of its stream, so that it cannot outlive what it
 * stands for: a mark below the highest published sequence means that the broker has lost messages, all of them or
 * the last few after a failover, and they are sent again before anything new. A mark above it means that an earlier
 * step died before its commit, or that the database was restored: go on above it. Duplicates are for the inbox.
 */
export async function relayStep(target: RelayTarget): Promise<RelayStep> {
  return inTransaction(target.pool, async (client) => {
    const step = await stepInTransaction(client, target);
    target.beforeCommit?.();
    return step;
  });
}

async function stepInTransaction(client: pg.PoolClient, target: RelayTarget): Promise<RelayStep> {
  const lock = await client.query<{ held: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('kit.relay', 0)) AS held`,
  );
  if (!lock.rows[0]?.held) return nothing;
  const mark = await brokerMark(target);
  const highest = await highestSequence(client);
  if (mark < highest) {
    const lost = await client.query<Row>(
      `SELECT id, envelope::text, sequence FROM kit.outbox WHERE sequence > $1 ORDER BY sequence LIMIT ${batchSize}`,
      [mark],
    );
    await send(target, mark, lost.rows, (row) => Number(row.sequence));
    // What was lost came before what is new.
    return { published: 0, republished: lost.rows.length, isFull: true };
  }
  const fresh = await client.query<Row>(
    `SELECT id, envelope::text, sequence FROM kit.outbox WHERE sequence IS NULL ORDER BY position LIMIT ${batchSize}`,
  );
  if (fresh.rows.length === 0) return nothing;
  const sequences = fresh.rows.map((_, at) => mark + 1 + at);
  await send(target, mark, fresh.rows, (_, at) => sequences[at] ?? 0);
  await client.query(
    `UPDATE kit.outbox SET sequence = given.sequence
     FROM unnest($1::uuid[], $2::bigint[]) AS given (id, sequence) WHERE outbox.id = given.id`,
    [fresh.rows.map((row) => row.id), sequences],
  );
  return { published: fresh.rows.length, republished: 0, isFull: fresh.rows.length === batchSize };
}

async function brokerMark({ redis, stream }: RelayTarget): Promise<number> {
  return Number(await redis.eval(`${lastSequence} return last()`, 1, stream));
}

async function highestSequence(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ highest: string | null }>(
    'SELECT max(sequence) AS highest FROM kit.outbox',
  );
  return Number(rows[0]?.highest ?? 0);
}

async function send(
  { redis, stream, retentionDays }: RelayTarget,
  mark: number,
  rows: Row[],
  sequenceOf: (row: Row, at: number) => number,
): Promise<void> {
  // No consumer may lag behind the retention time; within it nothing is dropped, whoever is slow.
  const oldest = Date.now() - retentionDays * dayMs;
  const entries = rows.flatMap((row, at) => [sequenceOf(row, at), row.envelope]);
  const sent = await redis.eval(append, 1, stream, mark, oldest, ...entries);
  if (sent !== 1) throw new Error('The broker lost messages meanwhile');
}
