import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, createMemoryStorage, UserInputError } from './index.js';
import { sessionAnswers } from './testing/session-answers.js';
import { data, startServer, userError, type TestServer } from './testing/start-server.js';

const credentials = { email: 'ana@example.org', password: 'a long one' };
const byCode = { email: 'ana@example.org', code: '654321' };

let account: ReturnType<typeof sessionAnswers>;
let server: TestServer;
beforeEach(async () => {
  account = sessionAnswers();
  server = await startServer(account.answers);
});
afterEach(() => server.stop());

type Client = ReturnType<typeof createClient>;
const doors: [string, (client: Client) => ReturnType<Client['signIn']>][] = [
  ['the password', (client) => client.signIn(credentials)],
  ['a mailed code', (client) => client.emailCode.signIn(byCode)],
];

describe.each(doors)('signing in by %s', (_name, enter) => {
  it('begins a session', async () => {
    const client = createClient({ url: server.url });
    expect(await enter(client)).toMatchObject({ user: { displayName: 'Ana' }, challenge: null });
    expect(await client.isSignedIn()).toBe(true);
  });

  it('answers the challenge of an account with a second factor, and a session for the code', async () => {
    account.state.takesCode = true;
    const client = createClient({ url: server.url });
    const { user, challenge } = await enter(client);
    expect([user, challenge?.token, await client.isSignedIn()]).toEqual([null, 'challenge-1', false]);
    const completion = { challenge: challenge!.token, code: '000000' };
    await expect(client.completeSignIn(completion)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await client.isSignedIn()).toBe(false);
    expect(await client.completeSignIn({ ...completion, code: '123456' })).toMatchObject({
      displayName: 'Ana',
    });
    expect(await client.isSignedIn()).toBe(true);
  });

  it('takes no code where the device is trusted, also with a new client of the same storage', async () => {
    account.state.takesCode = true;
    const storage = createMemoryStorage();
    const client = createClient({ url: server.url, storage });
    const { challenge } = await enter(client);
    await client.completeSignIn({ challenge: challenge!.token, code: '123456', trustDevice: true });
    await client.signOut();
    expect((await enter(createClient({ url: server.url, storage }))).challenge).toBeNull();
  });
});

it('throws what is no challenge', async () => {
  account.answers['Login'] = () =>
    data({
      login: { tokens: null, user: null, challenge: null, userErrors: [userError('INVALID_CREDENTIALS')] },
    });
  await expect(createClient({ url: server.url }).signIn(credentials)).rejects.toThrow(UserInputError);
});

it('asks for codes and sets a new password as a visitor', async () => {
  const client = createClient({ url: server.url });
  await client.emailCode.request(credentials.email);
  await client.password.requestReset(credentials.email);
  await client.password.reset({ ...byCode, newPassword: 'another long one' });
  expect(server.calls.map(({ operationName, accessToken }) => [operationName, accessToken])).toEqual([
    ['RequestEmailCode', undefined],
    ['RequestPasswordReset', undefined],
    ['ResetPassword', undefined],
  ]);
});
