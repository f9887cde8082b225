import { randomUUID } from 'node:crypto';
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type CryptoKey, type JWK } from 'jose';
import type { Clock } from './clock.js';
import type { SqlTransaction } from './messages/transaction.js';
import { createSealer } from './sealing.js';

/** Key pairs in a table, the private half sealed. They sign one after the other. */
export interface SigningKeys {
  /** The key that signs now, and its name. */
  readonly signer: () => Promise<{ readonly kid: string; readonly key: CryptoKey }>;
  /** The public keys in JWK Set form (RFC 7517): of those that will sign, that do, and whose signatures are still good. */
  readonly jwks: () => Promise<{ keys: JWK[] }>;
  /** The job: makes the next key when it is time, and drops those of which no signature is good any more. */
  readonly rotate: () => Promise<void>;
}

interface KeyRow {
  readonly id: string;
  readonly publicJwk: object;
  readonly encryptedPrivate: string;
  readonly createdAt: Date;
  readonly signsFrom: Date;
}

type StoredKey = Omit<KeyRow, 'publicJwk'> & { readonly publicJwk: unknown };

interface KeyTable {
  findMany(query: { orderBy: { signsFrom: 'asc' } }): PromiseLike<StoredKey[]>;
  create(query: { data: KeyRow }): PromiseLike<unknown>;
  deleteMany(query: { where: { id: { in: string[] } } }): PromiseLike<unknown>;
}

export interface SigningKeysOptions<Tx extends SqlTransaction> {
  readonly db: Tx & { $transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T> };
  readonly tableOf: (client: Tx) => KeyTable;
  readonly clock: Clock;
  readonly secret: string;
  /** What the private halves are sealed for. */
  readonly purpose: string;
  /** Of JWS (RFC 7518, RFC 8037). */
  readonly algorithm: string;
  /** How long a key signs. */
  readonly signingMs: number;
  /** How long it is published before: verifiers remember a set for a while. Far more than `memoryMs`. */
  readonly leadMs: number;
  /** How long a signature is good at most. */
  readonly goodForMs: number;
}

const creationLock = 7_164_001;
/** How long a process goes by the keys it has read. */
const memoryMs = 60_000;

export function createSigningKeys<Tx extends SqlTransaction>(options: SigningKeysOptions<Tx>): SigningKeys {
  const { db, tableOf, clock, algorithm, signingMs, leadMs, goodForMs } = options;
  const sealer = createSealer(options.secret, options.purpose);
  let memory: { readAt: number; rows: Promise<StoredKey[]> } | undefined;
  let signing: { kid: string; key: Promise<CryptoKey> } | undefined;

  const readAll = async (client: Tx = db) => tableOf(client).findMany({ orderBy: { signsFrom: 'asc' } });

  /** Oldest first; the first one ever is made here. */
  function rows(): Promise<StoredKey[]> {
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
      await tableOf(tx).create({
        data: { id, publicJwk, encryptedPrivate, createdAt: clock.now(), signsFrom },
      });
    });
  }

  /** From when the next key is to sign; undefined while it is too early to make one. */
  function nextMoment(keys: readonly StoredKey[]): Date | undefined {
    const now = clock.now().getTime();
    const newest = keys.at(-1);
    if (!newest) return new Date(now);
    const due = newest.signsFrom.getTime() + signingMs;
    return due - leadMs > now ? undefined : new Date(Math.max(due, now + leadMs));
  }

  /** A key signs for the last time when the next one begins, or when a process goes by it for a moment more. */
  async function dropDead(keys: readonly StoredKey[]): Promise<void> {
    const before = clock.now().getTime() - goodForMs - memoryMs;
    const dead = keys.filter((_key, index) => (keys[index + 1]?.signsFrom.getTime() ?? Infinity) < before);
    await tableOf(db).deleteMany({ where: { id: { in: dead.map(({ id }) => id) } } });
  }

  async function signer() {
    const keys = await rows();
    const now = clock.now();
    // The first one ever signs at once, also for a replica whose clock is behind.
    const { id: kid, encryptedPrivate } = keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]!;
    if (signing?.kid !== kid) signing = { kid, key: importPKCS8(sealer.open(encryptedPrivate), algorithm) };
    return { kid, key: await signing.key };
  }

  return {
    signer,
    jwks: async () => ({ keys: (await rows()).map(({ publicJwk }) => publicJwk as JWK) }),
    rotate: async () => {
      if (nextMoment(await readAll())) await makeNext();
      await dropDead(await readAll());
      memory = undefined;
    },
  };
}
