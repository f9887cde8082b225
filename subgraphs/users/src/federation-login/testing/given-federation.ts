import { aViewer } from '@diaspora/kit/testing';
import type { TestClient } from '@diaspora/kit/testing';
import { decodeJwt } from 'jose';
import { sessionIds, userIds } from '../../ids.js';
import { givenUsers, redirectUri } from '../../testing/given.js';
import { startLiar } from './liar.js';
import { startProvider } from './provider.js';

const errors = 'userErrors { code path }';
const signedIn = 'tokens { accessToken refreshToken } user { id displayName languages }';
export const documents = {
  begin: `mutation ($input: BeginFederatedSignInInput!) {
    beginFederatedSignIn(input: $input) { authorizationUrl secret expiresAt ${errors} } }`,
  complete: `mutation ($input: CompleteFederatedSignInInput!) {
    completeFederatedSignIn(input: $input) { ${signedIn} challenge { token } arrival { displayName email isEmailProved language } ${errors} } }`,
  register: `mutation ($input: RegisterWithIdentityInput!) {
    registerWithIdentity(input: $input) { ${signedIn} ${errors} } }`,
  beginLink: `mutation ($input: BeginIdentityLinkInput!) {
    beginIdentityLink(input: $input) { authorizationUrl secret ${errors} } }`,
  link: `mutation ($input: LinkIdentityInput!) {
    linkIdentity(input: $input) { identity { id provider { key name } email } ${errors} } }`,
  unlink: `mutation ($input: UnlinkIdentityInput!) { unlinkIdentity(input: $input) { isUnlinked ${errors} } }`,
};
export const home = { countryOfOrigin: 'RO', countryOfResidence: 'DE' };

/** The subgraph beside a real provider and one that lies. */
export async function givenFederation(overrides: { superUserEmails?: string[] } = {}) {
  const provider = await startProvider('acme');
  const liar = await startLiar('liar');
  const users = await givenUsers({ ...overrides, providers: [provider.settings, liar.settings] });

  const run = async (name: keyof typeof documents, input: object, as: TestClient = users.anonymous) => {
    const { data, codes } = await as.execute(documents[name], { input });
    return { ...(Object.values(data ?? {})[0] as any), codes };
  };
  const begin = (key: string, as?: TestClient) =>
    run('begin', { provider: key, redirectUri }, as) as Promise<{ authorizationUrl: string; secret: string }>;

  /** The way of somebody from the beginning to what the completion answers. */
  async function signIn(login: string) {
    const { authorizationUrl, secret } = await begin('acme');
    const callbackUrl = await provider.visit(authorizationUrl, login);
    return { secret, ...(await run('complete', { secret, callbackUrl })) };
  }

  let count = 0;
  /** Somebody the provider knows. */
  function stranger(told: object = {}) {
    const login = `login-${++count}`;
    const email = `${login}@elsewhere.example`;
    provider.people.set(login, { email, email_verified: true, name: 'Ana Pop', locale: 'ro_RO', ...told });
    return { login, email };
  }

  /** Whoever these tokens belong to, as the router would say. */
  function holderOf({ accessToken }: { accessToken: string }) {
    const { sub, sid } = decodeJwt(accessToken) as { sub: string; sid: string };
    const viewer = aViewer({ id: userIds.decode(sub), sessionId: sessionIds.decode(sid) });
    return { id: viewer.id, viewer, as: users.as(viewer) };
  }

  /** Somebody who came by the provider and made an account. */
  async function member(told: object = {}) {
    const { login, email } = stranger(told);
    const { secret } = await signIn(login);
    const { tokens } = await run('register', { secret, ...home });
    return { login, email, ...holderOf(tokens) };
  }

  const stop = () => Promise.all([users.stop(), provider.stop(), liar.stop()]);
  return { users, provider, liar, run, begin, signIn, stranger, holderOf, member, stop };
}
