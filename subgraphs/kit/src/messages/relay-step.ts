import type { Redis } from 'ioredis';
import type pg from 'pg';

export interface RelayTarget {
  pool: pg.Pool;
  redis: Redis;
  stream: string;
  retentionDays: number;
  /** Runs between the broker's answer and the commit. For tests that crash there. */
  beforeCommit?: () => void;
}

export interface RelayStep {
  published: number;
  republished: number;
}

interface Row {
  id: string;
  envelope: string;
  sequence: string | null;
}

const batchSize = 200;
const nothing: RelayStep = { published: 0, republished: 0 };

/**
 * One batch. The broker's mark is the sequence of the last entry of its stream, so that it cannot outlive what it
 * stands for: a mark below the highest published sequence means that the broker has lost messages, all of them or
 * the last few after a failover, and they are sent again before anything new. A mark above it means that an earlier
 * step died before its commit, or that the database was restored: go on above it. Duplicates are for the inbox.
 */
export async function relayStep(target: RelayTarget): Promise<RelayStep> {
  const client = await target.pool.connect();
  try {
    await client.query('BEGIN');
    const step = await stepInTransaction(client, target);
    target.beforeCommit?.();
    await client.query('COMMIT');
    client.release();
    return step;
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    );
    throw error;
  }
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
    await send(target, lost.rows, (row) => Number(row.sequence));
    return { published: 0, republished: lost.rows.length };
  }
  const fresh = await client.query<Row>(
    `SELECT id, envelope::text, sequence FROM kit.outbox WHERE sequence IS NULL ORDER BY position LIMIT ${batchSize}`,
  );
  if (fresh.rows.length === 0) return nothing;
  const sequences = fresh.rows.map((_, at) => mark + 1 + at);
  await send(target, fresh.rows, (_, at) => sequences[at] ?? 0);
  await client.query(
    `UPDATE kit.outbox SET sequence = given.sequence
     FROM unnest($1::uuid[], $2::bigint[]) AS given (id, sequence) WHERE outbox.id = given.id`,
    [fresh.rows.map((row) => row.id), sequences],
  );
  return { published: fresh.rows.length, republished: 0 };
}

async function brokerMark({ redis, stream }: RelayTarget): Promise<number> {
  const [last] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
  const fields = last?.[1] ?? [];
  return Number(fields[fields.indexOf('sequence') + 1] ?? 0);
}

async function highestSequence(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ highest: string | null }>(
    'SELECT max(sequence) AS highest FROM kit.outbox',
  );
  return Number(rows[0]?.highest ?? 0);
}

async function send(
  target: RelayTarget,
  rows: Row[],
  sequenceOf: (row: Row, at: number) => number,
): Promise<void> {
  const { redis, stream } = target;
  const commands = redis.multi();
  rows.forEach((row, at) => {
    commands.xadd(stream, '*', 'sequence', sequenceOf(row, at), 'envelope', row.envelope);
  });
  // No consumer may lag behind the retention time; within it nothing is dropped, whoever is slow.
  commands.xtrim(stream, 'MINID', '~', Date.now() - target.retentionDays * 86_400_000);
  const results = await commands.exec();
  const failure = results?.find(([error]) => error)?.[0];
  if (!results || failure) throw failure ?? new Error('The broker refused the batch');
}
