import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { idType } from '@diaspora/kit/core';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

export interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly key?: SigningKey;
  /** Seconds from now; negative for the past. */
  readonly expiresIn?: number;
}

export interface Issuer {
  readonly url: string;
  readonly name: string;
  readonly audience: string;
  readonly key: SigningKey;
  /** How often the key set was fetched. */
  fetches(): number;
  /** Makes a key and puts it into the set. */
  rotate(): Promise<SigningKey>;
  token(options?: TokenOptions): Promise<string>;
  /** From now on the key set answers 503, or the keys again. */
  fail(isFailing: boolean): void;
  stop(): Promise<void>;
}

const name = 'https://issuer.test';
const audience = 'router.test';

/** A key and nothing else: tokens it signs are foreign to every issuer. */
export async function createSigningKey(id: string): Promise<SigningKey> {
  return { id, ...(await generateKeyPair('RS256', { extractable: true })) };
}

/** An issuer of access tokens with a real key set endpoint. */
export async function startIssuer(): Promise<Issuer> {
  const key = await createSigningKey('key-1');
  const keys = [key];
  let fetches = 0;
  let isFailing = false;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.statusCode = isFailing ? 503 : 200;
    void Promise.all(keys.map(publicJwk)).then((set) => response.end(JSON.stringify({ keys: set })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`,
    name,
    audience,
    key,
    fetches: () => fetches,
    fail: (wanted) => void (isFailing = wanted),
    rotate: async () => {
      const next = await createSigningKey(`key-${keys.length + 1}`);
      keys.push(next);
      return next;
    },
    token: (options = {}) => signToken({ key, ...options }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const publicJwk = async ({ id, publicKey }: SigningKey) => ({
  ...(await exportJWK(publicKey)),
  kid: id,
  alg: 'RS256',
  use: 'sig',
});

export const userKey = '01890a5d-ac96-774b-bcce-b302099a8057';
export const sessionKey = '01890a5d-ac96-774b-bcce-b302099a8058';

async function signToken({
  key,
  claims,
  expiresIn = 900,
}: TokenOptions & { key: SigningKey }): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({
    iss: name,
    aud: audience,
    sub: idType('usr').encode(userKey),
    sid: idType('ses').encode(sessionKey),
    jti: 'token-1',
    iat: now - 10,
    exp: now + expiresIn,
    role: 'user',
    scopes: ['events:read'],
    epoch: 3,
    client: 'web',
    entitlements: ['premium'],
    offices: [{ role: 'ambassador', countryCode: 'DE', city: 'Berlin' }],
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: key.id })
    .sign(key.privateKey);
}
