import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signViewer, VIEWER_HEADER, type Viewer } from '@diaspora/kit';
import express from 'express';
import { givenUsers, viewerSecret } from '../../testing/given.js';
import { hashOf } from '../secrets.js';

const errors = 'userErrors { code path }';
const account =
  'serviceAccount { id name role scopes isEnabled version secrets { id hint expiresAt lastUsedAt } }';
const apiKey = 'apiKey { id name hint scopes tier status expiresAt lastUsedAt replacedById }';
const fields = {
  createServiceAccount: `${account} secret`,
  updateServiceAccount: account,
  rotateServiceSecret: `${account} secret`,
  disableServiceAccount: account,
  enableServiceAccount: account,
  createApiKey: `${apiKey} key`,
  rotateApiKey: `${apiKey} key`,
  revokeApiKey: apiKey,
};
export type ClientMutation = keyof typeof fields;
export const clientMutations = Object.keys(fields) as ClientMutation[];

export const documentOf = (name: ClientMutation): string => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields[name]} ${errors} } }`;
};

/** The subgraph with its doors for programs open, and a super user. */
export async function givenClients() {
  const users = await givenUsers();
  const app = express();
  users.subgraph.routes!(app);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const root = await users.given.person({ isSuperUser: true });

  const run = async (
    name: ClientMutation,
    input: object,
    viewer: Viewer | null = root.viewer,
  ): Promise<any> => {
    const { data, codes } = await users.as(viewer).execute(documentOf(name), { input });
    return { ...data?.[name], codes };
  };

  let count = 0;
  /** A service account, and what it was given. */
  async function service(overrides: object = {}) {
    const input = { name: `Service ${++count}`, role: 'SERVICE', scopes: ['users:read'], ...overrides };
    const { serviceAccount, secret } = await run('createServiceAccount', input);
    return { ...serviceAccount, serviceAccountId: serviceAccount.id as string, secret: secret as string };
  }

  async function partner(overrides: object = {}) {
    const made = await run('createApiKey', {
      name: `Partner ${++count}`,
      scopes: ['events:read'],
      ...overrides,
    });
    return { ...made.apiKey, apiKeyId: made.apiKey.id as string, key: made.key as string };
  }

  /** What the token endpoint answers. */
  async function token(form: Record<string, string> | string, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
    const body = (await response.json()) as any;
    return { status: response.status, headers: response.headers, ...body };
  }
  const grant = { grant_type: 'client_credentials' };

  return {
    users,
    root,
    run,
    service,
    partner,
    token,
    grant,
    /** The token of whoever has the secret, by `client_secret_post`. */
    tokenOf: ({ id, secret }: { id: string; secret: string }, form: Record<string, string> = {}) =>
      token({ ...grant, client_id: id, client_secret: secret, ...form }),
    /** What a router is answered for a key. */
    lookUp: async (key: string, secret = viewerSecret) => {
      const response = await fetch(`${url}/internal/api-keys`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [VIEWER_HEADER]: signViewer(null, { secret, requestId: 'r' }),
        },
        body: JSON.stringify({ sha256: hashOf(key) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        ...(response.status < 500 && text.startsWith('{') ? JSON.parse(text) : {}),
      };
    },
    stop: async () => {
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
      await users.stop();
    },
  };
}
