import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import jsonwebtoken from 'jsonwebtoken';
import { rotateSigningKeys } from '../jobs.js';
import { givenUsers, password } from '../testing/given.js';
import { createTokenKeys } from './signing-keys.js';

const login = 'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }';
const hour = 3_600_000;
const day = 24 * hour;

describe('signing keys', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers();
  });
  afterEach(() => users.db.signingKey.deleteMany());
  afterAll(() => users.stop());

  const createKeys = (db = users.db, clock: Pick<typeof users.clock, 'now'> = users.clock) =>
    createTokenKeys({
      db,
      clock,
      secret: 'x'.repeat(32),
      signingSeconds: 30 * 86_400,
      tokenSeconds: 900,
    });
  const kids = async (keys = createKeys()) => (await keys.jwks()).keys.map((key) => key.kid);

  it('are published before anybody signs in, one for all who start at once', async () => {
    const sets = await Promise.all([createKeys().jwks(), createKeys().jwks(), createKeys().jwks()]);
    expect(sets[0].keys).toHaveLength(1);
    expect(new Set(sets.map((set) => set.keys[0]!.kid)).size).toBe(1);
    expect(JSON.stringify(sets)).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
    expect(JSON.stringify(await users.db.signingKey.findMany())).not.toContain('PRIVATE KEY');
  });

  it('sign at once when there was none, also for a replica whose clock is behind', async () => {
    const ahead = createKeys();
    const [first] = await kids(ahead);
    users.clock.advance(-5_000);
    expect((await createKeys().signer()).kid).toBe(first);
    users.clock.advance(5_000);
  });

  it('sign the first token although their moment comes after its request', async () => {
    const ticking = { now: () => (users.clock.advance(1), users.clock.now()) };
    expect(await createKeys(users.db, ticking).signer()).toMatchObject({ kid: expect.any(String) });
  });

  it('follow each other: published an hour before they sign, and until their last token has died', async () => {
    const keys = createKeys();
    const [first] = await kids();
    users.clock.advance(30 * day - hour - 1);
    await keys.rotate();
    expect(await kids()).toEqual([first]);
    users.clock.advance(1);
    await keys.rotate();
    await keys.rotate();
    const [, second] = await kids();
    expect(await kids()).toEqual([first, second]);
    users.clock.advance(hour - 1);
    expect((await keys.signer()).kid).toBe(first);
    users.clock.advance(1);
    expect((await keys.signer()).kid).toBe(second);
    users.clock.advance((900 + 60) * 1_000 + 60_000);
    await keys.rotate();
    expect(await kids()).toEqual([first, second]);
    users.clock.advance(1);
    await keys.rotate();
    expect(await kids()).toEqual([second]);
  });

  it('give verifiers their hour also when the job comes late', async () => {
    const keys = createKeys();
    const [first] = await kids();
    users.clock.advance(40 * day);
    await keys.rotate();
    const [, second] = await kids();
    expect((await keys.signer()).kid).toBe(first);
    users.clock.advance(hour);
    expect((await keys.signer()).kid).toBe(second);
  });

  it('are made once by several replicas whose jobs run at once', async () => {
    const other = users.startAnother();
    const replicas = [createKeys(), createKeys(other.db), createKeys(), createKeys(other.db)];
    await Promise.all(replicas.map((keys) => keys.jwks()));
    users.clock.advance(30 * day);
    await Promise.all(replicas.map((keys) => keys.rotate()));
    await other.stop();
    expect(await users.db.signingKey.count()).toBe(2);
  });

  it('let another JWT library verify old and new tokens across a rotation, by the published set', async () => {
    const { email } = await users.given.person();
    const token = async () => {
      const answer = await users.anonymous.execute(login, { input: { email, password } });
      return answer.data.login.tokens.accessToken as string;
    };
    /** Reads the published set once, as a verifier that remembers it. */
    const verifier = async () => {
      const { keys } = await createKeys().jwks();
      return (text: string) => {
        const jwk = keys.find(({ kid }) => kid === kidOf(text))!;
        return jsonwebtoken.verify(text, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), {
          algorithms: ['RS256'],
          issuer: 'diaspora',
          audience: 'diaspora-api',
          clockTimestamp: Math.floor(users.clock.now().getTime() / 1_000),
        });
      };
    };
    const kidOf = (text: string) => jsonwebtoken.decode(text, { complete: true })!.header.kid;

    await token();
    users.clock.advance(30 * day - hour);
    await users.run(rotateSigningKeys, {});
    const remembered = await verifier();
    users.clock.advance(hour - 1_000);
    const old = await token();
    users.clock.advance(61_000);
    const fresh = await token();
    expect(kidOf(old)).not.toBe(kidOf(fresh));
    for (const verify of [remembered, await verifier()]) {
      expect([verify(old), verify(fresh)]).toMatchObject(Array(2).fill({ iss: 'diaspora', email }));
    }
    users.clock.advance(15 * 60_000);
    expect(() => remembered(old)).toThrow('jwt expired');
    expect(() => remembered(`${fresh.slice(0, -8)}AAAAAAAA`)).toThrow('invalid signature');
  });
});
