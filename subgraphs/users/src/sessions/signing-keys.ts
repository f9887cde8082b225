import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@diaspora/kit';
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type CryptoKey, type JWK } from 'jose';
import type { Db } from '../database.js';

/** RS256 key pairs in the database, the private half sealed with AES-256-GCM. The newest one signs. */
export interface SigningKeys {
  signer(): Promise<{ kid: string; key: CryptoKey }>;
  /** The public keys in JWK Set form (RFC 7517). */
  jwks(): Promise<{ keys: JWK[] }>;
}

const algorithm = 'RS256';
const creationLock = 7_164_001;

export function createSigningKeys({
  db,
  clock,
  secret,
}: {
  db: Db;
  clock: Clock;
  secret: string;
}): SigningKeys {
  const sealKey = createHash('sha256').update(`signing-keys:${secret}`).digest();
  let signer: Promise<{ kid: string; key: CryptoKey }> | undefined;

  const active = (client: Pick<Db, 'signingKey'>) =>
    client.signingKey.findFirst({ where: { retiredAt: null }, orderBy: { createdAt: 'desc' } });

  /** Made outside the lock, for it takes its time: of several replicas the first keeps its key, the others use that. */
  async function findOrCreate() {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const id = randomUUID();
    const publicJwk = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
    const encryptedPrivate = seal(await exportPKCS8(privateKey), sealKey);
    return db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${creationLock}::bigint)`;
      const data = { id, publicJwk, encryptedPrivate, createdAt: clock.now() };
      return (await active(tx)) ?? tx.signingKey.create({ data });
    });
  }

  const load = async () => {
    const row = (await active(db)) ?? (await findOrCreate());
    return { kid: row.id, key: await importPKCS8(unseal(row.encryptedPrivate, sealKey), algorithm) };
  };

  const activeSigner = () =>
    (signer ??= load().catch((error: unknown) => {
      signer = undefined;
      throw error;
    }));

  return {
    signer: activeSigner,
    jwks: async () => {
      // Verifiers that ask before anybody has signed in would remember an empty set.
      await activeSigner();
      const rows = await db.signingKey.findMany({ where: { retiredAt: null }, select: { publicJwk: true } });
      return { keys: rows.map((row) => row.publicJwk as unknown as JWK) };
    },
  };
}

function seal(plain: string, key: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return [iv, cipher.getAuthTag(), body].map((part) => part.toString('base64url')).join('.');
}

function unseal(sealed: string, key: Buffer): string {
  const [iv, tag, body] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'));
  if (!iv || !tag || !body) throw new Error('a sealed signing key is damaged');
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}
