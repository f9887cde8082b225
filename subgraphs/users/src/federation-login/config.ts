import { list } from '@diaspora/kit';
import { z } from 'zod';
import { presets } from './presets.js';

/** Loopback is never on a network: there a provider may be reached, and a browser sent back, without TLS. */
const isLoopback = ({ hostname }: URL): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
const isSafe = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));

const safeUrl = z
  .string()
  .refine((text) => URL.canParse(text) && isSafe(new URL(text)), 'must be a URL starting with https://');

/** Of the browser, or of an application by a scheme of its own, which has a dot (RFC 8252, 7.1). */
const mayBeSentBack = (text: string): boolean => {
  if (!URL.canParse(text) || text.includes('#')) return false;
  const url = new URL(text);
  return isSafe(url) || /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol);
};

const providerSchema = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a word of lower case letters'),
  /** As people know it. */
  name: z.string().min(1).max(60),
  /** Where its metadata is found, and what its tokens must say (OpenID Connect Discovery 1.0). */
  issuer: safeUrl,
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  authentication: z.enum(['basic', 'post']).default('basic'),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).default(['openid', 'email', 'profile']),
  /** Of the addresses it says are proved, those that are believed: domains, or `*` for all. */
  emailDomains: z.array(z.string().toLowerCase()).default([]),
  algorithm: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']).default('RS256'),
  /** What it does not know. Everybody else is refused without. */
  omits: z.array(z.enum(['nonce', 'pkce'])).default([]),
  /** Of a provider without discovery. */
  endpoints: z
    .strictObject({
      authorization: safeUrl,
      token: safeUrl,
      jwks: safeUrl,
      userinfo: safeUrl.optional(),
    })
    .optional(),
});

export type ProviderSettings = z.output<typeof providerSchema>;

/** What a preset says stands unless the entry says otherwise. */
const entrySchema = z
  .looseObject({ preset: z.enum(['google', 'facebook', 'linkedin']).optional() })
  .transform(({ preset, ...given }) => (preset ? { key: preset, ...presets[preset], ...given } : given))
  .pipe(providerSchema);

/** The parser's own words would quote the text, and there are secrets in it. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

const areDistinct = (providers: readonly ProviderSettings[]): boolean =>
  [providers.map(({ key }) => key), providers.map(({ issuer }) => issuer)].every(
    (words) => new Set(words).size === words.length,
  );

/** Who else may say who somebody is. */
export const federationConfigShape = {
  OIDC_PROVIDERS: json
    .pipe(z.array(entrySchema).max(20))
    .refine(areDistinct, 'must have a key and an issuer of its own each')
    .default([]),
  /** Where people may come back to from there, each exactly as applications give it. */
  OIDC_REDIRECT_URIS: list()
    .pipe(
      z.array(
        z
          .string()
          .refine(mayBeSentBack, 'must be https://, or a scheme of an application (org.example.app:/)'),
      ),
    )
    .default([]),
};

export type FederationConfig = z.output<z.ZodObject<typeof federationConfigShape>>;

/** What is wrong with the settings together, one line each. */
export const federationFaults = (config: FederationConfig): string[] =>
  config.OIDC_PROVIDERS.length > 0 && config.OIDC_REDIRECT_URIS.length === 0
    ? ['OIDC_REDIRECT_URIS: wanted beside OIDC_PROVIDERS']
    : [];
