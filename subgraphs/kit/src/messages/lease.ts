import type pg from 'pg';
import { openSession } from './session.js';

export interface Lease {
  readonly held: boolean;
  /** Resolves when the lease is lost with its connection. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/** The advisory lock of a lease, in SQL, by an SQL expression of its name. */
export const leaseKey = (name: string): string => `hashtextextended('kit.lease:' || ${name}, 0)`;

/**
 * Takes the lease of this name if nobody holds it: a session's advisory lock on a connection of its own, so that it
 * falls to another holder as soon as PostgreSQL sees this connection end.
 */
export async function takeLease(pool: pg.Pool, name: string): Promise<Lease | undefined> {
  const client = await openSession(pool, name.slice(0, 63));
  let held = true;
  const lost = new Promise<void>((resolve) => {
    const lose = () => {
      held = false;
      resolve();
    };
    client.on('error', lose);
    client.on('end', lose);
  });
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_lock(${leaseKey('$1')}) AS taken`,
      [name],
    );
    if (!rows[0]?.taken) {
      await client.end();
      return undefined;
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return {
    get held() {
      return held;
    },
    lost,
    async release() {
      held = false;
      await client.end().catch(() => undefined);
    },
  };
}
