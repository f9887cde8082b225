import type pg from 'pg';

export interface DeadLetter {
  id: string;
  source: string;
  type: string;
  key: string;
  envelope: unknown;
  attempts: number;
  /** Why the last attempt failed. */
  error: string | null;
  parkedAt: Date;
  deadAt: Date;
}

interface OfType {
  /** All types when absent. */
  readonly type?: string | undefined;
}

const isOfType = (parameter: string) => `(${parameter}::text IS NULL OR type = ${parameter})`;

/** Messages that were given up, newest first. */
export async function listDeadLetters(
  pool: pg.Pool,
  { limit = 50, type }: OfType & { readonly limit?: number } = {},
): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `SELECT message_id::text AS id, source, type, key, envelope, attempts, last_error AS error,
       parked_at AS "parkedAt", dead_at AS "deadAt"
     FROM kit.parked_messages WHERE dead_at IS NOT NULL AND ${isOfType('$2')}
     ORDER BY dead_at DESC, position DESC LIMIT $1`,
    [limit, type ?? null],
  );
  return rows;
}

export async function countDeadLetters(pool: pg.Pool, { type }: OfType = {}): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM kit.parked_messages WHERE dead_at IS NOT NULL AND ${isOfType('$1')}`,
    [type ?? null],
  );
  return rows[0]?.count ?? 0;
}

/** Hands a dead letter back to its consumer, before anything else of its key. False when there is none of that id. */
export async function replayDeadLetter(pool: pg.Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE kit.parked_messages SET dead_at = NULL, attempts = 0, next_attempt_at = now()
     WHERE message_id = $1 AND dead_at IS NOT NULL`,
    [id],
  );
  return rowCount === 1;
}

/**
 * Hands back all that are dead by now, in their order, each in a transaction of its own: of a replay that is killed stays
 * what it did, and the next one does the rest. One that dies again meanwhile is not taken twice. Returns how many.
 */
export async function replayDeadLetters(pool: pg.Pool, { type }: OfType = {}): Promise<number> {
  const { rows: times } = await pool.query<{ now: string }>('SELECT now()::text AS now');
  for (let count = 0; ;) {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT message_id::text AS id FROM kit.parked_messages WHERE dead_at <= $1::timestamptz AND ${isOfType('$2')}
       ORDER BY position LIMIT 100`,
      [times[0]?.now, type ?? null],
    );
    if (rows.length === 0) return count;
    for (const { id } of rows) if (await replayDeadLetter(pool, id)) count++;
  }
}

/** Settles a dead letter unhandled, for ever: also when the broker delivers it again. False when there is none of that id. */
export async function discardDeadLetter(pool: pg.Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `WITH discarded AS (
       DELETE FROM kit.parked_messages WHERE message_id = $1 AND dead_at IS NOT NULL RETURNING message_id, source, type),
     settled AS (
       INSERT INTO kit.inbox (message_id, source, type) SELECT * FROM discarded ON CONFLICT DO NOTHING)
     SELECT FROM discarded`,
    [id],
  );
  return rowCount === 1;
}

/** What has become of a message: it waits for its handler, it was handled or discarded, or nothing is known of it. */
export async function stateOfMessage(
  pool: pg.Pool,
  id: string,
): Promise<'DEAD' | 'WAITING' | 'SETTLED' | 'UNKNOWN'> {
  const { rows } = await pool.query<{ state: 'DEAD' | 'WAITING' | 'SETTLED' }>(
    `SELECT CASE WHEN dead_at IS NULL THEN 'WAITING' ELSE 'DEAD' END AS state
     FROM kit.parked_messages WHERE message_id = $1
     UNION ALL SELECT 'SETTLED' FROM kit.inbox WHERE message_id = $1`,
    [id],
  );
  return rows[0]?.state ?? 'UNKNOWN';
}
