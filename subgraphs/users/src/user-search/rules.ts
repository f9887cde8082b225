import { likeContaining, line } from '@diaspora/kit';
import { z } from 'zod';
import type { Account } from '../__generated__/prisma/client.js';
import { isKeptOut } from '../accounts/index.js';
import { Prisma } from '../database.js';

export const standings = ['ACTIVE', 'UNPROVED', 'SUSPENDED', 'TERMINATED'] as const;
export type Standing = (typeof standings)[number];

// Indexes know parts of three characters and more.
const part = line({ max: 100 }).refine((value) => value.replace(/\s/g, '').length >= 3, {
  message: 'must have three characters or more',
});

export const userSearchFilter = z
  .object({
    accountId: z.uuid().nullish(),
    email: part.nullish(),
    name: part.nullish(),
    countryOfResidence: z.string().nullish(),
    countryOfOrigin: z.string().nullish(),
    standings: z.array(z.enum(standings)).max(standings.length).nullish(),
    registeredFrom: z.date().nullish(),
    registeredUntil: z.date().nullish(),
  })
  .refine(({ registeredFrom: from, registeredUntil: until }) => !from || !until || from < until, {
    message: 'must lie behind the beginning',
    path: ['registeredUntil'],
  });

export type UserSearchFilter = z.output<typeof userSearchFilter>;

export function standingOf(account: Account, now: Date): Standing {
  if (account.terminatedAt) return 'TERMINATED';
  if (isKeptOut(account, now)) return 'SUSPENDED';
  return account.emailVerifiedAt ? 'ACTIVE' : 'UNPROVED';
}

const { sql, join } = Prisma;

/** What `standingOf` says, of accounts `a`, in words that partial indexes know. */
const conditionsOf = (now: Date): Readonly<Record<Standing, Prisma.Sql>> => ({
  ACTIVE: sql`(a.email_verified_at IS NOT NULL AND (a.suspended_at IS NULL OR a.suspended_until <= ${now}))`,
  UNPROVED: sql`a.email_verified_at IS NULL`,
  SUSPENDED: sql`(a.suspended_at IS NOT NULL AND a.terminated_at IS NULL
    AND (a.suspended_until IS NULL OR a.suspended_until > ${now}))`,
  TERMINATED: sql`(a.suspended_at IS NOT NULL AND a.terminated_at IS NOT NULL)`,
});

/** Conditions on accounts `a` and their profiles `p`. */
export function matching(filter: UserSearchFilter, now: Date): Prisma.Sql[] {
  const { accountId, email, name, countryOfResidence, countryOfOrigin, registeredFrom, registeredUntil } =
    filter;
  const ofStandings = [...new Set(filter.standings ?? [])].map((standing) => conditionsOf(now)[standing]);
  // Each word by itself: people write the family name first, or last.
  const words = name?.split(/\s+/) ?? [];
  return [
    sql`a.erased_at IS NULL`,
    accountId && sql`a.id = ${accountId}::uuid`,
    email && sql`a.email_key LIKE ${likeContaining(email.toLowerCase())}`,
    ...words.map((word) => sql`name_key(p.display_name) LIKE name_key(${likeContaining(word)})`),
    countryOfResidence && sql`p.country_of_residence = ${countryOfResidence}`,
    countryOfOrigin && sql`p.country_of_origin = ${countryOfOrigin}`,
    ofStandings.length > 0 && sql`(${join(ofStandings, ' OR ')})`,
    registeredFrom && sql`a.created_at >= ${registeredFrom}`,
    registeredUntil && sql`a.created_at < ${registeredUntil}`,
  ].filter((condition) => typeof condition === 'object' && condition !== null);
}
