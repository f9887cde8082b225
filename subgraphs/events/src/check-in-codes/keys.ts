import { createSealer, type Clock } from '@diaspora/kit';
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type CryptoKey, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import type { CheckInKey } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { dayMs } from '../durations.js';

export type CheckInKeys = ReturnType<typeof createCheckInKeys>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly secret: string;
}

export const algorithm = 'EdDSA';
/** How long a key signs. */
const signingMs = 365 * dayMs;
/** How long it is published before: doors without a connection fetch the keys days ahead. */
const leadMs = 14 * dayMs;
/** How long a process goes by the keys it has read. */
const memoryMs = 60_000;
const creationLock = 7_164_002;

/** Ed25519 key pairs in the database, the private half sealed. They sign one after the other; all stay published. */
export function createCheckInKeys({ db, clock, secret }: Dependencies) {
  const sealer = createSealer(secret, 'check-in-keys');
  const imported = new Map<string, Promise<CryptoKey>>();
  let memory: { readAt: number; rows: Promise<CheckInKey[]> } | undefined;

  const readAll = (client: Pick<Db, 'checkInKey'> = db) =>
    client.checkInKey.findMany({ orderBy: { signsFrom: 'asc' } });

  /** Oldest first; the first one ever is made here. */
  function rows(): Promise<CheckInKey[]> {
    const now = clock.now().getTime();
    if (memory && now - memory.readAt < memoryMs) return memory.rows;
    const read = readAll().then(async (found) => (found.length > 0 ? found : (await makeNext(), readAll())));
    memory = { readAt: now, rows: read };
    read.catch(() => (memory = undefined));
    return read;
  }

  /** Of several replicas the first keeps its key, the others use that. */
  async function makeNext(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const id = randomUUID();
    const publicJwk = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
    const encryptedPrivate = sealer.seal(await exportPKCS8(privateKey));
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${creationLock}::bigint)`;
      const signsFrom = nextMoment(await readAll(tx));
      if (!signsFrom) return;
      await tx.checkInKey.create({
        data: { id, publicJwk, encryptedPrivate, createdAt: clock.now(), signsFrom },
      });
    });
  }

  /** From when the next key is to sign; undefined while it is too early to make one. */
  function nextMoment(keys: readonly CheckInKey[]): Date | undefined {
    const now = clock.now().getTime();
    const newest = keys.at(-1);
    if (!newest) return new Date(now);
    const due = newest.signsFrom.getTime() + signingMs;
    return due - leadMs > now ? undefined : new Date(Math.max(due, now + leadMs));
  }

  return {
    /** The key that signs now, and its name. */
    signer: async (): Promise<{ kid: string; key: CryptoKey }> => {
      const keys = await rows();
      const now = clock.now();
      const row = keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]!;
      const key = imported.get(row.id) ?? importPKCS8(sealer.open(row.encryptedPrivate), algorithm);
      imported.set(row.id, key);
      return { kid: row.id, key: await key };
    },
    /** All public keys, in JWK Set form (RFC 7517). */
    jwks: async (): Promise<{ keys: JWK[] }> => ({
      keys: (await rows()).map(({ publicJwk }) => publicJwk as unknown as JWK),
    }),
    /** The job: makes the next key when it is time. */
    rotate: async (): Promise<void> => {
      if (nextMoment(await readAll())) await makeNext();
      memory = undefined;
    },
  };
}
