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

/** Messages that were given up, newest first; `before` is the `deadAt` to go on from. */
export async function listDeadLetters(
  pool: pg.Pool,
  { limit = 50, before }: { limit?: number; before?: Date } = {},
): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `SELECT message_id::text AS id, source, type, key, envelope, attempts, last_error AS error,
       parked_at AS "parkedAt", dead_at AS "deadAt"
     FROM kit.parked_messages WHERE dead_at < coalesce($2::timestamptz, 'infinity')
     ORDER BY dead_at DESC, position DESC LIMIT $1`,
    [limit, before ?? null],
  );
  return rows;
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
