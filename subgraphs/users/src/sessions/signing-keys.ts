import { randomUUID } from 'node:crypto';
import { createSealer, type Clock } from '@diaspora/kit';
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type CryptoKey, type JWK } from 'jose';
import type { SigningKey } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { clockMarginSeconds } from './rules.js';

/** RS256 key pairs in the database, the private half sealed. They sign one after the other. */
export interface SigningKeys {
  signer(): Promise<Signer>;
  /** The public keys in JWK Set form (RFC 7517): of those that will sign, that do, and whose tokens still live. */
  jwks(): Promise<{ keys: JWK[] }>;
  /** The job: makes the next key when it is time, and drops those whose last token has died. */
  rotate(): Promise<void>;
}

interface Signer {
  readonly kid: string;
  readonly key: CryptoKey;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly secret: string;
  /** How long a key signs. */
  readonly signingSeconds: number;
  /** How long the longest token lives. */
  readonly tokenSeconds: number;
}

const algorithm = 'RS256';
const creationLock = 7_164_001;
/** A key is published for so long before it signs: verifiers remember a set for minutes. */
const leadMs = 60 * 60_000;
/** How long a process goes by the keys it has read. Far less than the lead: none misses the next one. */
const memoryMs = 60_000;

export function createSigningKeys(dependencies: Dependencies): SigningKeys {
  const { db, clock, signingSeconds, tokenSeconds } = dependencies;
  const sealer = createSealer(dependencies.secret, 'signing-keys');
  const imported = new Map<string, Promise<CryptoKey>>();
  let memory: { readAt: number; rows: Promise<SigningKey[]> } | undefined;

  const readAll = (client: Pick<Db, 'signingKey'> = db) =>
    client.signingKey.findMany({ orderBy: { signsFrom: 'asc' } });

  /** Oldest first; the first one ever is made here. */
  function rows(): Promise<SigningKey[]> {
    const now = clock.now().getTime();
    if (memory && now - memory.readAt < memoryMs) return memory.rows;
    const read = readAll().then(async (found) => (found.length > 0 ? found : (await makeNext(), readAll())));
    memory = { readAt: now, rows: read };
    read.catch(() => (memory = undefined));
    return read;
  }

  /** Made outside the lock, for it takes its time: of several replicas the first keeps its key, the others use that. */
  async function makeNext(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const id = randomUUID();
    const publicJwk = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
    const encryptedPrivate = sealer.seal(await exportPKCS8(privateKey));
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${creationLock}::bigint)`;
      const signsFrom = nextMoment(await readAll(tx));
      if (!signsFrom) return;
      const data = { id, publicJwk, encryptedPrivate, createdAt: clock.now(), signsFrom };
      await tx.signingKey.create({ data });
    });
  }

  /** From when the next key is to sign; undefined while it is too early to make one. */
  function nextMoment(keys: readonly SigningKey[]): Date | undefined {
    const now = clock.now().getTime();
    const newest = keys.at(-1);
    if (!newest) return new Date(now);
    const due = newest.signsFrom.getTime() + signingSeconds * 1_000;
    return due - leadMs > now ? undefined : new Date(Math.max(due, now + leadMs));
  }

  /** A key's last token was issued when the next key began to sign. */
  async function dropDead(keys: readonly SigningKey[]): Promise<void> {
    const lifeMs = (tokenSeconds + clockMarginSeconds) * 1_000 + memoryMs;
    const before = clock.now().getTime() - lifeMs;
    const dead = keys.filter((_key, index) => (keys[index + 1]?.signsFrom.getTime() ?? Infinity) < before);
    await db.signingKey.deleteMany({ where: { id: { in: dead.map(({ id }) => id) } } });
  }

  async function signer(): Promise<Signer> {
    const keys = await rows();
    const now = clock.now();
    // The first one ever signs at once, also for a replica whose clock is behind.
    const row = keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]!;
    const known = imported.get(row.id);
    const importing = known ?? importPKCS8(sealer.open(row.encryptedPrivate), algorithm);
    if (!known) imported.clear(); // The one before signs no more.
    imported.set(row.id, importing);
    return { kid: row.id, key: await importing };
  }

  return {
    signer,
    jwks: async () => ({ keys: (await rows()).map((row) => row.publicJwk as unknown as JWK) }),
    rotate: async () => {
      if (nextMoment(await readAll())) await makeNext();
      await dropDead(await readAll());
      memory = undefined;
    },
  };
}
