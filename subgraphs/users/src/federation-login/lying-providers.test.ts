import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redirectUri } from '../testing/given.js';
import { givenFederation } from './testing/given-federation.js';
import type { Lie } from './testing/liar.js';

const told = { sub: 'victim', email: 'victim@liar.example', email_verified: true, name: 'Victim' };
const seconds = () => Math.floor(Date.now() / 1_000);

describe('a provider that lies', () => {
  let given: Awaited<ReturnType<typeof givenFederation>>;
  let users: typeof given.users;
  let accountId: string;
  beforeAll(async () => {
    given = await givenFederation();
    users = given.users;
    const { id } = await users.given.person({ email: told.email });
    accountId = id;
  });
  afterAll(() => given.stop());

  async function signIn(lie: Lie = {}, change = (callbackUrl: string) => callbackUrl) {
    const { authorizationUrl, secret } = await given.begin('liar');
    const callbackUrl = change(given.liar.visit(authorizationUrl, told, lie));
    return given.run('complete', { secret, callbackUrl });
  }
  const traces = async () => ({
    sessions: await users.db.session.count(),
    accounts: await users.db.account.count(),
    identities: await users.db.identity.count(),
    answers: await users.db.federatedAnswer.count(),
  });

  it.each<[string, () => Lie]>([
    ['of another question', () => ({ claims: { nonce: 'of another one' } })],
    ['without the question', () => ({ claims: { nonce: undefined } })],
    ['for somebody else', () => ({ claims: { aud: 'another-client' } })],
    ['for several, by another party', () => ({ claims: { aud: ['diaspora', 'x'], azp: 'x' } })],
    ['that is over', () => ({ claims: { iat: seconds() - 7_200, exp: seconds() - 3_600 } })],
    ['that is not yet', () => ({ claims: { nbf: seconds() + 3_600 } })],
    ['without an end', () => ({ claims: { exp: undefined } })],
    ['of another issuer', () => ({ claims: { iss: 'https://accounts.google.com' } })],
    ['about nobody', () => ({ claims: { sub: undefined } })],
    ['that nobody signed', () => ({ isUnsigned: true })],
    ['signed with a key that nobody knows', () => ({ withOtherKey: true })],
    ['that is not there', () => ({ withoutToken: true })],
  ])('is refused: a token %s', async (_name, lie) => {
    const before = await traces();
    const { tokens, arrival, userErrors } = await signIn(lie());
    expect({ tokens, arrival }).toEqual({ tokens: null, arrival: null });
    expect(userErrors).toEqual([{ code: 'FEDERATION_REFUSED', path: null }]);
    expect(await traces()).toEqual(before);
  });

  it('is refused when another provider sends back (mix-up, RFC 9207)', async () => {
    const before = await traces();
    const exchanges = given.liar.exchanges();
    const { userErrors } = await signIn({}, (url) => `${url}&iss=https%3A%2F%2Faccounts.google.com`);
    expect(userErrors[0].code).toBe('FEDERATION_REFUSED');
    expect(given.liar.exchanges()).toBe(exchanges);
    expect(await traces()).toEqual(before);
  });

  it('is believed when it says nothing but the truth', async () => {
    const { tokens } = await signIn();
    expect(given.holderOf(tokens).id).toBe(accountId);
  });

  it('is asked once for a code that comes back many times', async () => {
    const { authorizationUrl, secret } = await given.begin('liar');
    const callbackUrl = given.liar.visit(authorizationUrl, told);
    const exchanges = given.liar.exchanges();
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => given.run('complete', { secret, callbackUrl })),
    );
    expect(answers.filter(({ tokens }) => tokens)).toHaveLength(1);
    expect(given.liar.exchanges()).toBe(exchanges + 1);
  });

  it('is nobody to wait for while it is away', async () => {
    const { authorizationUrl, secret } = await given.begin('liar');
    const callbackUrl = given.liar.visit(authorizationUrl, told);
    given.liar.leave();
    const { codes } = await given.run('complete', { secret, callbackUrl });
    expect(codes).toEqual(['UNAVAILABLE']);
    expect((await given.run('begin', { provider: 'liar', redirectUri })).codes).toEqual([]);
  });
});
