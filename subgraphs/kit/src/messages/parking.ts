import type pg from 'pg';
import { toJsonb } from './jsonb.js';

export interface ParkedMessage {
  id: string;
  key: string;
  envelope: unknown;
  attempts: number;
}

export interface ParkRequest {
  id: string;
  key: string;
  type: string;
  envelope: unknown;
  attempts: number;
  error: string | null;
  /** Null: never again, the message is dead. */
  retryInMs: number | null;
}

/** Messages of one source that wait for another attempt or for the one before them, or were given up. */
export interface Parking {
  park(request: ParkRequest): Promise<void>;
  reschedule(
    id: string,
    failure: { attempts: number; error: string; retryInMs: number | null },
  ): Promise<void>;
  /** The first living message of each key, if it is due; those that wait longest, and not all of many. */
  dueHeads(): Promise<ParkedMessage[]>;
  headOf(key: string): Promise<ParkedMessage | undefined>;
  /** What is already known about a batch. */
  lookUp(
    messages: readonly { id: string; key: string }[],
  ): Promise<{ settled: Set<string>; blockedKeys: Set<string> }>;
  remove(id: string): Promise<void>;
}

/** Held in memory at once. */
const mostHeads = 200;

const columns = 'message_id::text AS id, key, envelope, attempts';
const inMs = (parameter: string) =>
  `CASE WHEN ${parameter}::float8 IS NULL THEN NULL ELSE now() + ${parameter}::float8 * interval '1 millisecond' END`;
const deadIfNull = (parameter: string) => `CASE WHEN ${parameter}::float8 IS NULL THEN now() END`;

export function createParking({ pool, source }: { pool: pg.Pool; source: string }): Parking {
  return {
    async park({ id, key, type, envelope, attempts, error, retryInMs }) {
      await pool.query(
        `INSERT INTO kit.parked_messages
           (message_id, source, type, key, envelope, attempts, last_error, next_attempt_at, dead_at)
         VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, ${inMs('$8')}, ${deadIfNull('$8')}) ON CONFLICT DO NOTHING`,
        [id, source, type, key, toJsonb(envelope), attempts, error, retryInMs],
      );
    },
    async reschedule(id, { attempts, error, retryInMs }) {
      await pool.query(
        `UPDATE kit.parked_messages SET attempts = $2, last_error = $3,
           next_attempt_at = ${inMs('$4')}, dead_at = ${deadIfNull('$4')} WHERE message_id = $1`,
        [id, attempts, error, retryInMs],
      );
    },
    async dueHeads() {
      const { rows } = await pool.query<ParkedMessage>(
        `SELECT id, key, envelope, attempts FROM (
           SELECT DISTINCT ON (key) ${columns}, next_attempt_at FROM kit.parked_messages
           WHERE source = $1 AND dead_at IS NULL ORDER BY key, position) AS head
         WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT ${mostHeads}`,
        [source],
      );
      return rows;
    },
    async headOf(key) {
      const { rows } = await pool.query<ParkedMessage>(
        `SELECT ${columns} FROM kit.parked_messages WHERE source = $1 AND key = $2 AND dead_at IS NULL
         ORDER BY position LIMIT 1`,
        [source, key],
      );
      return rows[0];
    },
    async lookUp(messages) {
      if (messages.length === 0) return { settled: new Set(), blockedKeys: new Set() };
      const ids = messages.map(({ id }) => id);
      const keys = [...new Set(messages.map(({ key }) => key))];
      const { rows } = await pool.query<{ value: string; blocked: boolean }>(
        `SELECT message_id::text AS value, false AS blocked FROM kit.inbox WHERE message_id = ANY($1::uuid[])
         UNION ALL SELECT message_id::text, false FROM kit.parked_messages WHERE message_id = ANY($1::uuid[])
         UNION ALL SELECT DISTINCT key, true FROM kit.parked_messages
           WHERE source = $2 AND key = ANY($3::text[]) AND dead_at IS NULL`,
        [ids, source, keys],
      );
      const values = (blocked: boolean) =>
        rows.filter((row) => row.blocked === blocked).map((row) => row.value);
      return { settled: new Set(values(false)), blockedKeys: new Set(values(true)) };
    },
    async remove(id) {
      await pool.query('DELETE FROM kit.parked_messages WHERE message_id = $1', [id]);
    },
  };
}
