import { z } from 'zod';
import { displayName } from '../profiles/index.js';
import type { ProviderSettings } from './config.js';

/** Somebody as a provider knows them. */
export interface Claims {
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** The provider says so, and is believed. */
  readonly isEmailProved: boolean;
  readonly name: string | null;
  /** A language tag (BCP 47). */
  readonly language: string | null;
}

const address = z.email().max(254);

/** What is kept of what a provider tells: nothing that an account could not hold. Pure. */
export function readClaims(
  { key, emailDomains }: Pick<ProviderSettings, 'key' | 'emailDomains'>,
  told: Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string },
): Claims {
  const email = address.safeParse(told['email']).data ?? null;
  return {
    provider: key,
    issuer: told.iss,
    subject: told.sub,
    email,
    isEmailProved: email !== null && told['email_verified'] === true && isBelieved(email, emailDomains),
    name: displayName.safeParse(told['name']).data ?? null,
    language: languageOf(told['locale']),
  };
}

const isBelieved = (email: string, domains: readonly string[]): boolean =>
  domains.includes('*') || domains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase());

/** `ro_RO` of some is `ro-RO` of others. */
function languageOf(locale: unknown): string | null {
  if (typeof locale !== 'string') return null;
  try {
    return new Intl.Locale(locale.replaceAll('_', '-')).toString();
  } catch {
    return null;
  }
}
