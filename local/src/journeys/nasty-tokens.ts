import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { eventually } from '../actions.js';
import type { Watched } from './nasty-state.js';
import type { World } from './nasty-world.js';

const extraKey = 'of-the-test';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A key whose public half the issuer publishes: with it a token is refused for what it says, not for its key. */
export async function publishKey({ sql, ports }: Pick<Watched, 'sql' | 'ports'>) {
  // The issuer's own key has to be there first, or none would sign; this one never does.
  const published = async () => (await fetch(`http://127.0.0.1:${ports.users}/.well-known/jwks.json`)).text();
  await published();
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: extraKey, alg: 'RS256', use: 'sig' };
  await sql(
    'users',
    `INSERT INTO signing_keys (id, public_jwk, encrypted_private, created_at, signs_from)
     VALUES ($1, $2, 'none', now(), '2100-01-01')`,
    [extraKey, JSON.stringify(jwk)],
  );
  // After this job the keys are read anew.
  await sql('users', `SELECT graphile_worker.add_job('rotateSigningKeys', '{}')`);
  await eventually(async () => (await published()).includes(extraKey) || undefined, 'the published key');
  return privateKey;
}

type Key = Awaited<ReturnType<typeof publishKey>>;

/** Tokens nobody may act with, by name, with the reason of their refusal; and one that is good. */
export async function forgeTokens(world: World, key: Key) {
  const good = (await world.client('member')).token()!;
  const claims = decodeJwt(good);
  const header = decodeProtectedHeader(good);
  const [head, body, signature] = good.split('.') as [string, string, string];
  const sign = (changes: object, signer: Key = key, kid = extraKey) =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'RS256', kid }).sign(signer);
  const foreign = await generateKeyPair('RS256', { extractable: true });
  const now = Math.floor(Date.now() / 1_000);
  const root = part({ ...claims, role: ['SUPER_USER'] });
  const leaving = await world.client('leaver');
  const revoked = leaving.token()!;
  await leaving.must('mutation { logout { isSignedOut } }');
  const symmetricHead = part({ alg: 'HS256', kid: header.kid });
  const secret = await exportSPKI(foreign.publicKey);
  const refused: [string, string, string][] = [
    ['that is none', 'TOKEN_INVALID', 'nonsense'],
    ['of three empty parts', 'TOKEN_INVALID', '..'],
    ['that is no JSON', 'TOKEN_INVALID', 'a.b.c'],
    ['that expired', 'TOKEN_EXPIRED', await sign({ iat: now - 900, exp: now - 60 })],
    ['of a foreign key under a known name', 'TOKEN_INVALID', await sign({}, foreign.privateKey, header.kid)],
    ['of a foreign key under its own name', 'TOKEN_INVALID', await sign({}, foreign.privateKey, 'foreign')],
    ['with another payload', 'TOKEN_INVALID', `${head}.${root}.${signature}`],
    ['without its signature', 'TOKEN_INVALID', `${head}.${body}.`],
    ['of no algorithm', 'TOKEN_INVALID', `${part({ alg: 'none', typ: 'JWT' })}.${root}.`],
    [
      'signed symmetrically with a public key',
      'TOKEN_INVALID',
      `${symmetricHead}.${root}.${createHmac('sha256', secret).update(`${symmetricHead}.${root}`).digest('base64url')}`,
    ],
    ['for somebody else to read', 'TOKEN_INVALID', await sign({ aud: 'other' })],
    ['of another issuer', 'TOKEN_INVALID', await sign({ iss: 'other' })],
    ['of a person that is none', 'TOKEN_INVALID', await sign({ sub: 'usr_nobody' })],
    ['of a session that was ended', 'SESSION_REVOKED', revoked],
    ['from before an appointment', 'SESSION_STALE', world.staleToken],
  ];
  return { good: await sign({}), refused };
}
