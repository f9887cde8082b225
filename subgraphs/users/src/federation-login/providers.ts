import { AppError, hourMs, type Logger } from '@diaspora/kit';
import * as oidc from 'openid-client';
import { readClaims, type Claims } from './claims.js';
import type { ProviderSettings } from './config.js';

/** What binds an answer of a provider to the one question it answers. */
export interface Proof {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface IdentityProviders {
  readonly list: readonly Pick<ProviderSettings, 'key' | 'name'>[];
  nameOf(key: string): string;
  /** Throws NOT_FOUND. */
  assertKnown(key: string): void;
  /** Where to send somebody. Rejects with UNAVAILABLE while the provider cannot be reached. */
  authorizationUrl(key: string, redirectUri: string, proof: Proof): Promise<string>;
  /** Who came back. Rejects with FEDERATION_REFUSED for whatever does not prove it. */
  redeem(key: string, callbackUrl: URL, proof: Proof): Promise<Claims>;
}

/** Metadata changes rarely; keys of signatures are read anew when an unknown one signs. */
const memoryMs = hourMs;
const patienceSeconds = 5;

/** Providers of identities, asked by the authorization code flow (OpenID Connect Core 1.0, 3.1). */
export function createIdentityProviders({
  providers,
  log,
}: {
  providers: readonly ProviderSettings[];
  log: Logger;
}): IdentityProviders {
  const settings = new Map(providers.map((each) => [each.key, each]));
  const known = new Map<
    string,
    { readonly readAt: number; readonly configuration: Promise<oidc.Configuration> }
  >();

  function find(key: string): ProviderSettings {
    const found = settings.get(key);
    if (!found) throw new AppError('NOT_FOUND', 'There is no such provider.', { path: ['provider'] });
    return found;
  }

  function configurationOf(provider: ProviderSettings): Promise<oidc.Configuration> {
    const now = Date.now();
    const remembered = known.get(provider.key);
    if (remembered && now - remembered.readAt < memoryMs) return remembered.configuration;
    const configuration = configure(provider);
    known.set(provider.key, { readAt: now, configuration });
    configuration.catch(() => known.delete(provider.key));
    return configuration;
  }

  /** Runs what talks to a provider; says why it failed to us, and only whether to come again to the client. */
  async function asking<Result>(provider: ProviderSettings, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      const fault = faultOf(error);
      if (fault.isOurs)
        log.error({ provider: provider.key, reason: fault.reason }, 'a provider is of no use');
      else log.info({ provider: provider.key, reason: fault.reason }, 'a provider proved nothing');
      throw fault.error;
    }
  }

  return {
    list: providers.map(({ key, name }) => ({ key, name })),
    assertKnown: (key) => void find(key),
    nameOf: (key) => settings.get(key)?.name ?? key,

    authorizationUrl: (key, redirectUri, { state, nonce, verifier }) => {
      const provider = find(key);
      return asking(provider, async () => {
        const challenge = await oidc.calculatePKCECodeChallenge(verifier);
        const url = oidc.buildAuthorizationUrl(await configurationOf(provider), {
          redirect_uri: redirectUri,
          scope: provider.scopes.join(' '),
          state,
          ...(!provider.omits.includes('nonce') && { nonce }),
          ...(!provider.omits.includes('pkce') && {
            code_challenge: challenge,
            code_challenge_method: 'S256',
          }),
        });
        return url.href;
      });
    },

    redeem: (key, callbackUrl, { state, nonce, verifier }) => {
      const provider = find(key);
      return asking(provider, async () => {
        const configuration = await configurationOf(provider);
        const tokens = await oidc.authorizationCodeGrant(configuration, callbackUrl, {
          expectedState: state,
          idTokenExpected: true,
          ...(!provider.omits.includes('nonce') && { expectedNonce: nonce }),
          ...(!provider.omits.includes('pkce') && { pkceCodeVerifier: verifier }),
        });
        const told = tokens.claims()!;
        return readClaims(provider, {
          ...(await askMore(configuration, tokens.access_token, told)),
          ...told,
        });
      });
    },
  };
}

/** Providers may keep names and addresses out of the token, for whoever asks with it. */
async function askMore(
  configuration: oidc.Configuration,
  accessToken: string,
  told: oidc.IDToken,
): Promise<Record<string, unknown>> {
  const isComplete = told['email'] !== undefined && told['name'] !== undefined;
  if (isComplete || configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return { ...(await oidc.fetchUserInfo(configuration, accessToken, told.sub)) };
}

async function configure(provider: ProviderSettings): Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret, endpoints, algorithm } = provider;
  const metadata = { client_secret: clientSecret, id_token_signed_response_alg: algorithm };
  const authentication =
    provider.authentication === 'post'
      ? oidc.ClientSecretPost(clientSecret)
      : oidc.ClientSecretBasic(clientSecret);
  const isPlain = new URL(issuer).protocol === 'http:';
  // Not only TLS but the signature of a token says who made it.
  const execute = [oidc.enableNonRepudiationChecks, ...(isPlain ? [oidc.allowInsecureRequests] : [])];
  if (!endpoints)
    return oidc.discovery(new URL(issuer), clientId, metadata, authentication, {
      execute,
      timeout: patienceSeconds,
    });
  const server = {
    issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    jwks_uri: endpoints.jwks,
    ...(endpoints.userinfo && { userinfo_endpoint: endpoints.userinfo }),
  };
  const configuration = new oidc.Configuration(server, clientId, metadata, authentication);
  configuration.timeout = patienceSeconds;
  for (const extend of execute) extend(configuration);
  return configuration;
}

const refused = () =>
  new AppError('FEDERATION_REFUSED', 'The answer of the provider does not prove who you are. Begin again.');
const cancelled = () => new AppError('FEDERATION_CANCELLED', 'Signing in was cancelled there.');
const unavailable = () =>
  new AppError('UNAVAILABLE', 'The provider cannot be asked right now. Try again later.');

/** What says that there is no provider to talk to, rather than that somebody lies. */
const awayCodes = ['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'];

/** Reasons are codes, never what a provider said: that could be anything, about anybody. */
function faultOf(error: unknown): { error: AppError; reason: string; isOurs: boolean } {
  if (error instanceof oidc.AuthorizationResponseError) {
    const isCancelled = error.error === 'access_denied';
    return { error: isCancelled ? cancelled() : refused(), reason: error.code, isOurs: false };
  }
  if (error instanceof oidc.ResponseBodyError) {
    const isOurs = error.error !== 'invalid_grant';
    return { error: isOurs ? unavailable() : refused(), reason: `${error.code} ${error.status}`, isOurs };
  }
  // What has no code comes from below: no connection, no TLS.
  const { code = 'UNREACHABLE' } = error instanceof oidc.ClientError ? error : {};
  const isAway = code === 'UNREACHABLE' || awayCodes.includes(code);
  return { error: isAway ? unavailable() : refused(), reason: code, isOurs: isAway };
}
