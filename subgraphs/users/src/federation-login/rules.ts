import { AppError, minuteMs, parseInput } from '@diaspora/kit';
import { z } from 'zod';
import { city, displayName, languages } from '../profiles/index.js';

/** Ways into one account through others. */
export const mostIdentities = 10;

/** Without a password, a sign-in of late proves who is there. */
const freshMs = 15 * minuteMs;

const newcomer = z.object({
  displayName: displayName.nullish(),
  countryOfOrigin: z.string(),
  countryOfResidence: z.string(),
  city: city.nullish(),
  languages: languages.nullish(),
  isOfMinimumAge: z.boolean().nullish(),
});

export type Newcomer = z.input<typeof newcomer>;

/** What a person says of themselves, else what the provider says of them. */
export function describeNewcomer(input: Newcomer, claims: { name: string | null; language: string | null }) {
  const said = parseInput(newcomer, input);
  const name = said.displayName ?? claims.name;
  if (name === null) throw new AppError('INVALID_INPUT', 'What is your name?', { path: ['displayName'] });
  return { ...said, displayName: name, languages: said.languages ?? [claims.language ?? 'en'] };
}

/** Parameters of a callback, and the state in them. */
export function readCallback(callbackUrl: string): { search: string; state: string } {
  const wrong = new AppError('INVALID_INPUT', 'This is not where the provider sent you back to.', {
    path: ['callbackUrl'],
  });
  if (callbackUrl.length > 8_000 || !URL.canParse(callbackUrl)) throw wrong;
  const { search, searchParams } = new URL(callbackUrl);
  const state = searchParams.get('state');
  if (!state) throw wrong;
  return { search, state };
}

export const isFresh = (authenticatedAt: Date, now: Date): boolean =>
  now.getTime() - authenticatedAt.getTime() < freshMs;

/** Throws unless the account can be got into without the identity. */
export function assertOtherWayIn(account: { passwordHash: string | null }, identities: number): void {
  if (account.passwordHash === null && identities < 2)
    throw new AppError('LAST_WAY_IN', 'There would be no way to sign in. Choose a password first.');
}
