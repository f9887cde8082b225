import { createHash } from 'node:crypto';
import type pg from 'pg';
import { AppError } from '../errors.js';
import { canonicalJson } from '../canonical-json.js';
import { toJsonb } from './jsonb.js';
import type { SqlTransaction } from './transaction.js';

export interface IdempotentCall {
  /** Who asks: keys of different actors never meet. */
  actor: string;
  operation: string;
  /** Chosen by the client. */
  key: string;
  /** The input that must be the same when the key is. JSON. */
  request: unknown;
}

/**
 * Runs `run` once per (actor, operation, key), within the caller's transaction, and gives later callers the stored
 * answer (JSON), for thirty days. Callers that overlap wait until the first commits; if it rolls back, the next one runs.
 * Throws AppError CONFLICT when the key was used for another request. Needs READ COMMITTED, PostgreSQL's default.
 */
export async function idempotent<T>(
  tx: SqlTransaction,
  call: IdempotentCall,
  run: () => Promise<T>,
): Promise<T> {
  const { actor, operation, key } = call;
  const hash = requestHash(call.request);
  const inserted = await tx.$executeRaw`
    INSERT INTO kit.idempotency_keys (actor, operation, key, request_hash)
    VALUES (${actor}, ${operation}, ${key}, ${hash}) ON CONFLICT DO NOTHING`;
  if (inserted === 0) {
    const [stored] = await tx.$queryRaw<{ request_hash: string; response: T }[]>`
      SELECT request_hash, response FROM kit.idempotency_keys
      WHERE actor = ${actor} AND operation = ${operation} AND key = ${key}`;
    if (stored?.request_hash === hash) return stored.response;
    throw new AppError('CONFLICT', 'This idempotency key was used for another request.');
  }
  const response = await run();
  const text = toJsonb(response);
  await tx.$executeRaw`
    UPDATE kit.idempotency_keys SET response = ${text}::jsonb
    WHERE actor = ${actor} AND operation = ${operation} AND key = ${key}`;
  // What a repeated call will read, so that both callers get the same types.
  return JSON.parse(text) as T;
}

const retentionDays = 30;

/** Removes answers that nobody will ask for again. */
export async function forgetAnswers(pool: pg.Pool): Promise<void> {
  await pool.query('DELETE FROM kit.idempotency_keys WHERE created_at < now() - make_interval(days => $1)', [
    retentionDays,
  ]);
}

/** SHA-256 of the request as JSON with sorted keys (RFC 8785 in spirit); fields that are undefined do not count. */
export const requestHash = (request: unknown): string =>
  createHash('sha256').update(canonicalJson(request)).digest('hex');
