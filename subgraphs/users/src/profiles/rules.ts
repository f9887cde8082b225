import { AppError, foldName, line, placeName, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Audience, Profile } from '../__generated__/prisma/client.js';
import { mediaIds } from '../ids.js';

const unique = <Item>(items: Item[]): Item[] => [...new Set(items)];

/** Something has to be seen of a name: marks of direction and zero width alone would pass for nobody. */
export const displayName = line({ max: 80 }).refine((value) => /[\p{L}\p{N}\p{S}]/u.test(value), {
  message: 'must contain a letter, a digit or a symbol',
});
export const city = placeName({ max: 80 });
export const languages = z.array(z.string()).min(1).max(10).transform(unique);

const link = z
  .instanceof(URL)
  .refine((url) => url.protocol === 'https:' && url.href.length <= 500, { message: 'must be an https link' })
  .transform((url) => url.href);

/** The first of each that are one word when they are folded. */
const sectors = z
  .array(line({ max: 60 }))
  .max(10)
  .transform((words) =>
    [...new Map(words.toReversed().map((word) => [foldName(word), word])).values()].toReversed(),
  );

/** To a hundredth of a degree, some kilometre: where somebody lives is nobody's business. */
const rounded = (limit: number) =>
  z
    .number()
    .min(-limit)
    .max(limit)
    .transform((degrees) => Math.round(degrees * 100) / 100 + 0);
const location = z.object({ latitude: rounded(90), longitude: rounded(180) });

const oldest = '1900-01-01';
const day = z.iso
  .date()
  .refine((value) => value >= oldest, { message: `must not be before ${oldest}` })
  .transform((value) => new Date(`${value}T00:00:00Z`));

const audience = z.enum(['EVERYONE', 'CONNECTIONS', 'NOBODY']);

/** Fields of a profile whose audience a person chooses, and who sees them where nothing was chosen. */
const usualAudiences = {
  HEADLINE: 'EVERYONE',
  BIO: 'EVERYONE',
  CITY: 'EVERYONE',
  LANGUAGES: 'EVERYONE',
  DOMAINS: 'EVERYONE',
  SECTORS: 'EVERYONE',
  LINKS: 'EVERYONE',
  FRIENDS: 'CONNECTIONS',
  FOLLOWS: 'EVERYONE',
  LOCATION: 'NOBODY',
  BIRTHDAY: 'NOBODY',
  ABROAD_SINCE: 'NOBODY',
} as const satisfies Record<string, Audience>;

export type ProfileField = keyof typeof usualAudiences;
export const profileFields = Object.keys(usualAudiences) as ProfileField[];

const privacy = z.object({
  contactableBy: audience.optional(),
  invitableBy: audience.optional(),
  findableBy: audience.optional(),
  fields: z
    .array(z.object({ field: z.enum(profileFields), audience }))
    .max(profileFields.length)
    .optional(),
});

export const profileChanges = z.object({
  displayName: displayName.optional(),
  headline: line({ max: 160 }).nullable().optional(),
  bio: text({ max: 4_000 }).nullable().optional(),
  countryOfOrigin: z.string().optional(),
  countryOfResidence: z.string().optional(),
  city: city.nullable().optional(),
  languages: languages.optional(),
  domains: z.array(z.string()).max(16).transform(unique).optional(),
  sectors: sectors.optional(),
  links: z.array(link).max(10).transform(unique).optional(),
  avatarId: z
    .string()
    .transform((id) => mediaIds.decode(id))
    .nullable()
    .optional(),
  location: location.nullable().optional(),
  birthday: day.nullable().optional(),
  abroadSince: day.nullable().optional(),
  privacy: privacy.optional(),
  isDiscoverable: z.boolean().optional(),
});

/** Of whoever is suspended the name is left, so that what they wrote still has an author. */
export const asShown = (profile: Profile): Profile =>
  profile.isSuspended ? { ...profile, ...nothing } : profile;

const nothing = {
  ...{ avatarId: null, headline: null, bio: null, city: null, latitude: null, longitude: null },
  ...{ birthday: null, abroadSince: null, domains: [], sectors: [], links: [] },
} satisfies Partial<Profile>;

/** Whoever is suspended is neither found nor written to, whatever they chose. */
export function whoMay({ isSuspended, contactableBy, invitableBy, findableBy }: Profile) {
  const nobody = { contactableBy: 'NOBODY', invitableBy: 'NOBODY', findableBy: 'NOBODY' } as const;
  return isSuspended ? nobody : { contactableBy, invitableBy, findableBy };
}

/** No country: a code of ISO 3166 that is nobody's. */
export const nowhere = 'ZZ';

/** What stands in for the profile of somebody who was erased. */
export const erasedProfile = {
  displayName: 'Deleted person',
  countryOfOrigin: nowhere,
  countryOfResidence: nowhere,
  languages: [] as string[],
  domains: [] as string[],
  contactableBy: 'NOBODY',
  invitableBy: 'NOBODY',
  findableBy: 'NOBODY',
} as const;
export type ProfileChanges = z.output<typeof profileChanges>;

/** Changes as the columns hold them; audiences of fields are merged with what was chosen before. */
export function columnsOf({ location: point, privacy: chosen, isDiscoverable, ...changes }: ProfileChanges) {
  const { fields, ...whoMay } = chosen ?? {};
  return {
    ...changes,
    ...(point !== undefined && { latitude: point?.latitude ?? null, longitude: point?.longitude ?? null }),
    ...(isDiscoverable !== undefined && {
      findableBy: isDiscoverable ? ('EVERYONE' as const) : ('NOBODY' as const),
    }),
    ...whoMay,
    fields: Object.fromEntries((fields ?? []).map((each) => [each.field, each.audience])),
  };
}

/** Throws for a day that has not come. */
export function assertPast(days: Pick<ProfileChanges, 'birthday' | 'abroadSince'>, now: Date): void {
  for (const field of ['birthday', 'abroadSince'] as const) {
    const given = days[field];
    if (given && given > now)
      throw new AppError('INVALID_INPUT', 'This day has not come.', { path: [field] });
  }
}

const isAudience = (value: unknown): value is Audience => audience.safeParse(value).success;

/** Who sees a field of a profile. */
export function audienceOf(
  { fieldAudiences }: Pick<Profile, 'fieldAudiences'>,
  field: ProfileField,
): Audience {
  const chosen = (fieldAudiences as Record<string, unknown> | null)?.[field];
  return isAudience(chosen) ? chosen : usualAudiences[field];
}

/** What somebody is to a person whose profile they look at. */
export type Beholder = 'SELF' | 'FRIEND' | 'OTHER' | 'BLOCKED';

export function isSeenBy(audienceOfField: Audience, beholder: Beholder): boolean {
  if (beholder === 'SELF') return true;
  if (beholder === 'BLOCKED' || audienceOfField === 'NOBODY') return false;
  return audienceOfField === 'EVERYONE' || beholder === 'FRIEND';
}

/** The profile with nothing in it that is not for everybody. */
export function forEverybody(profile: Profile) {
  const isPublic = (field: ProfileField) => audienceOf(profile, field) === 'EVERYONE';
  return {
    headline: isPublic('HEADLINE') ? profile.headline : null,
    city: isPublic('CITY') ? profile.city : null,
    languages: isPublic('LANGUAGES') ? profile.languages : [],
    domains: isPublic('DOMAINS') ? profile.domains : [],
    avatarId: profile.avatarId ? mediaIds.encode(profile.avatarId) : null,
  };
}
