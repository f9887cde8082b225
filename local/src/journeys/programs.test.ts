import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signUp, type Client } from '../client.js';
import { demoSuperUserEmail } from '../environments.js';
import type { Running } from './community.js';
import { startInOneProcess } from './running.js';

const errors = 'userErrors { code message }';
const createAccount = `mutation ($input: CreateServiceAccountInput!) {
  createServiceAccount(input: $input) { serviceAccount { id version } secret ${errors} } }`;
const updateAccount = `mutation ($input: UpdateServiceAccountInput!) {
  updateServiceAccount(input: $input) { serviceAccount { scopes } ${errors} } }`;
const disable = `mutation ($input: DisableServiceAccountInput!) {
  disableServiceAccount(input: $input) { serviceAccount { isEnabled } ${errors} } }`;
const createKey = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { apiKey { id } key ${errors} } }`;
const revokeKey = `mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { apiKey { status } ${errors} } }`;
const person = {
  password: 'a good password of somebody',
  displayName: 'Somebody',
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['en'],
};

/** From the door of the users service to the subgraphs, through the router. */
describe('programs', () => {
  let running: Running;
  let root: Client;
  let memberId: string;
  beforeAll(async () => {
    running = await startInOneProcess();
    root = await signUp(running.url, running.mailbox, { ...person, email: demoSuperUserEmail });
    const member = await signUp(running.url, running.mailbox, { ...person, email: 'member@example.org' });
    memberId = (await member.must('{ me { id } }')).me.id;
  });
  afterAll(() => running.stop());

  async function ask(query: string, headers: Record<string, string>, variables: object = {}) {
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as any;
    return {
      status: response.status,
      headers: response.headers,
      data: body.data,
      code: body.errors?.[0]?.extensions.code as string | undefined,
      reason: body.errors?.[0]?.extensions.reason as string | undefined,
    };
  }
  const look = (headers: Record<string, string>) =>
    ask('query ($id: ID!) { user(id: $id) { displayName } }', headers, { id: memberId });

  async function token(clientId: string, secret: string) {
    const response = await fetch(`http://127.0.0.1:${running.ports.users}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
      }).toString(),
    });
    return { status: response.status, ...((await response.json()) as any) };
  }

  it('act by a token for their secret, as far as their scopes go, until they are kept out', async () => {
    const input = { name: 'Customer service', role: 'CUSTOMER_SERVICE', scopes: ['users:read'] };
    const { serviceAccount, secret } = (await root.must(createAccount, { input })).createServiceAccount;
    const { access_token: first } = await token(serviceAccount.id, secret);
    const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
    expect((await look(bearer(first))).data.user.displayName).toBe('Somebody');
    expect((await ask('{ me { id } }', bearer(first))).data.me).toBeNull();
    expect((await ask('{ sessions(first: 1) { nodes { id } } }', bearer(first))).code).toBe('FORBIDDEN');

    const { id: serviceAccountId, version: expectedVersion } = serviceAccount;
    await root.must(updateAccount, { input: { serviceAccountId, expectedVersion, scopes: [] } });
    expect((await look(bearer(first))).reason).toBe('SESSION_STALE');
    const { access_token: second } = await token(serviceAccountId, secret);
    expect((await look(bearer(second))).code).toBe('FORBIDDEN');

    await root.must(disable, { input: { serviceAccountId, reason: 'It was a test.' } });
    expect((await ask('{ me { id } }', bearer(second))).reason).toBe('SESSION_STALE');
    expect((await token(serviceAccountId, secret)).status).toBe(401);
  });

  it('of partners act by a key in either header, within the limit of its tier, until it is revoked', async () => {
    const input = { name: 'Partner', scopes: ['users:read'], tier: 'BASIC' };
    const { apiKey, key } = (await root.must(createKey, { input })).createApiKey;
    const either: Record<string, string>[] = [{ 'x-api-key': key }, { authorization: `ApiKey ${key}` }];
    for (const headers of either) {
      const answer = await look(headers);
      expect(answer.data.user.displayName).toBe('Somebody');
      expect(answer.headers.get('ratelimit-limit')).toBe('1000');
    }
    expect((await ask('{ conversations(first: 1) { nodes { id } } }', { 'x-api-key': key })).code).toBe(
      'FORBIDDEN',
    );
    await root.must(revokeKey, { input: { apiKeyId: apiKey.id, reason: 'It was a test.' } });
    expect(await look({ 'x-api-key': key })).toMatchObject({ status: 401, reason: 'KEY_REVOKED' });
    expect((await look({ 'x-api-key': `${key}x` })).reason).toBe('KEY_INVALID');
  });
});
