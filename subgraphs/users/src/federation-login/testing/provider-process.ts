/** `provider-process.ts CLIENT`: a real OpenID provider for this client. It says where it is; people are put to it by login. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata } from 'oidc-provider';

const people = new Map<string, object>();
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const provider = new Provider(issuer, {
  clients: [JSON.parse(process.argv[2]!) as ClientMetadata],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['a-cookie-key-for-tests-only'] },
  pkce: { required: () => true },
  claims: { email: ['email', 'email_verified'], profile: ['name', 'locale'] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, ...people.get(id) }),
  }),
});
const answer = provider.callback();
server.on('request', (request, response) => {
  const login = /^\/people\/([\w-]+)$/.exec(request.url ?? '')?.[1];
  if (!login) return void answer(request, response);
  return void json(request).then((told) => {
    people.set(login, told as object);
    response.writeHead(204).end();
  });
});
process.once('disconnect', () => process.exit());
process.send!(issuer);
