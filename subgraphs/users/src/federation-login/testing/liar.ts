import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { redirectUri } from '../../testing/given.js';
import { listen, settingsOf } from './provider.js';

export interface Lie {
  readonly claims?: JWTPayload;
  /** Signs with a key that it does not publish. */
  readonly withOtherKey?: boolean;
  readonly isUnsigned?: boolean;
  readonly withoutToken?: boolean;
}

/** A provider that says what it is told to. Its answers are good but for the lie. */
export async function startLiar(key: string) {
  const keys = await generateKeyPair('RS256');
  const other = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'published', alg: 'RS256', use: 'sig' };
  let lie: Lie = {};
  let honest: JWTPayload = {};
  let exchanges = 0;

  const server = createServer((request, response) => {
    const answer = (body: object) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.url === '/token') {
      exchanges += 1;
      void tokens().then(answer);
    } else if (request.url === '/jwks') answer({ keys: [jwk] });
    else
      answer({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
      });
  });
  const issuer = await listen(server);
  const settings = settingsOf(key, issuer);

  async function tokens(): Promise<object> {
    const answer = { access_token: 'an-access-token', token_type: 'Bearer', expires_in: 60 };
    if (lie.withoutToken) return answer;
    const now = Math.floor(Date.now() / 1_000);
    const usual = { iss: issuer, aud: settings.clientId, iat: now, exp: now + 60, ...honest };
    const claims = { ...usual, ...lie.claims };
    if (lie.isUnsigned) return { ...answer, id_token: new UnsecuredJWT(claims).encode() };
    const signed = new SignJWT(claims).setProtectedHeader({
      alg: 'RS256',
      kid: lie.withOtherKey ? 'hidden' : 'published',
    });
    return { ...answer, id_token: await signed.sign(lie.withOtherKey ? other.privateKey : keys.privateKey) };
  }

  return {
    settings,
    issuer,
    exchanges: () => exchanges,
    /** Answers where the browser is sent back to; what the token endpoint says next is about this person. */
    visit: (authorizationUrl: string, told: JWTPayload, next: Lie = {}): string => {
      const asked = new URL(authorizationUrl).searchParams;
      honest = { nonce: asked.get('nonce'), ...told };
      lie = next;
      return `${redirectUri}?${new URLSearchParams({ code: 'a-code', state: asked.get('state')! }).toString()}`;
    },
    /** Takes no connection any more, and leaves its port to nobody. */
    leave: () => server.on('connection', (socket: Socket) => socket.destroy()).closeAllConnections(),
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}
