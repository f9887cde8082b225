import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { redirectUri } from '../../testing/given.js';
import type { ProviderSettings } from '../config.js';

export interface Told {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly locale?: string;
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const settingsOf = (key: string, issuer: string, overrides: Partial<ProviderSettings> = {}) =>
  ({
    key,
    name: key.toUpperCase(),
    issuer,
    clientId: 'diaspora',
    clientSecret: 'a-client-secret-for-tests-only-0123456789',
    authentication: 'basic',
    scopes: ['openid', 'email', 'profile'],
    emailDomains: ['*'],
    algorithm: 'RS256',
    omits: [],
    ...overrides,
  }) satisfies ProviderSettings;

/** A real OpenID provider in a process of its own, that knows whoever `people` names. */
export async function startProvider(key: string) {
  const people = new Map<string, Told>();
  const { clientId, clientSecret } = settingsOf(key, '');
  const client = { client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] };
  const child = fork(new URL('./provider-process.ts', import.meta.url), [JSON.stringify(client)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const gone = once(child, 'exit');
  const failed = gone.then(() => Promise.reject(new Error('the provider ended')));
  failed.catch(() => undefined);
  const [issuer] = (await Promise.race([once(child, 'message'), failed])) as [string];
  return {
    settings: settingsOf(key, issuer),
    people,
    /** Somebody signs in there in a browser of their own and agrees. Answers where the browser is sent back to. */
    visit: async (authorizationUrl: string, login: string): Promise<string> => {
      const told = JSON.stringify(people.get(login));
      await fetch(`${issuer}/people/${login}`, { method: 'PUT', body: told });
      return visit(authorizationUrl, login);
    },
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** A browser that follows redirects, keeps cookies and fills in the forms of the provider. */
async function visit(authorizationUrl: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = authorizationUrl;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 12; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location) {
      url = new URL(location, url).href;
      form = undefined;
      if (url.startsWith(redirectUri)) return url;
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    if (!prompt || !action)
      throw new Error(`the provider answered ${response.status}: ${page.slice(0, 500)}`);
    url = new URL(action, url).href;
    form = new URLSearchParams({ prompt, login, password: 'of the provider' });
  }
  throw new Error('the provider sends around in circles');
}
