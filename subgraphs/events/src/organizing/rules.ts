import { AppError, dayMs, foldName, line, placeName, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { Event, EventDomain, EventType, EventVisibility } from '../__generated__/prisma/client.js';
import {
  agendaDetails,
  cityKeyOf,
  descriptionOfEvent,
  longestEventMs,
  longestProgram,
  mostTranslations,
  titleOfEvent,
  translation,
  translationsOf,
} from '../catalog/index.js';
import { mediaIds } from '../ids.js';
import { parseLocal, resolveLocal } from '../time/index.js';

/** How many events one person may create within 24 hours before free ones are refused. */
export const eventsPerDay = 20;
const fiveYearsMs = 5 * 366 * dayMs;

const placeSchema = z.object({
  venue: line({ max: 160 }).nullish(),
  address: line({ max: 300 }).nullish(),
  countryCode: z.string(),
  city: placeName({ max: 80 }).nullish(),
  location: z
    .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .nullish(),
});

const tag = z
  .string()
  .transform((value) => foldName(value.replace(/^\s*#/, '')))
  .pipe(line({ max: 40 }));

const link = z
  .instanceof(URL)
  .refine((url) => url.protocol === 'https:' && url.href.length <= 2_000, {
    message: 'must be an https link',
  })
  .transform((url) => url.href);

const picture = z.string().transform((id, context) => {
  const key = mediaIds.find(id);
  if (key === null) context.addIssue({ code: 'custom', message: 'This is not the id of a file.' });
  return key ?? z.NEVER;
});

const agendaItem = z.object({ ...agendaDetails, startsAt: z.string(), endsAt: z.string().nullish() });

const details = {
  title: titleOfEvent(),
  description: descriptionOfEvent(),
  language: z.string(),
  domain: z.custom<EventDomain>(),
  visibility: z.custom<EventVisibility>((value) => typeof value === 'string'),
  startsAt: z.string(),
  endsAt: z.string(),
  timeZone: z.string(),
  place: placeSchema,
};

const additions = {
  onlineUrl: link.nullish(),
  tags: z
    .array(tag)
    .max(10)
    .transform((tags) => [...new Set(tags)]),
  capacity: z.number().int().min(1).max(1_000_000).nullish(),
  translations: z
    .array(translation)
    .max(mostTranslations)
    .refine((all) => new Set(all.map(({ language }) => language)).size === all.length, {
      message: 'must have each language once',
    }),
  program: z.array(agendaItem).max(longestProgram),
  coverId: picture.nullish(),
  galleryIds: z
    .array(picture)
    .max(20)
    .refine((ids) => new Set(ids).size === ids.length, { message: 'must have each picture once' }),
};

/** What there are several of; none when absent from a new event. */
const { tags, translations, program, galleryIds } = additions;

export const newEvent = z.object({
  ...details,
  ...additions,
  type: z.custom<EventType>(),
  tags: tags.nullish(),
  translations: translations.nullish(),
  program: program.nullish(),
  galleryIds: galleryIds.nullish(),
});

/** Absent keeps, null clears; what an event cannot be without may be absent but not null. */
export const eventChanges = z.object({
  ...z
    .object(details)
    .extend({ domain: z.custom<EventDomain>((value) => typeof value === 'string') })
    .partial().shape,
  ...additions,
  tags: tags.optional(),
  translations: translations.optional(),
  program: program.optional(),
  galleryIds: galleryIds.optional(),
});

export type EventChanges = z.output<typeof eventChanges>;

export type AgendaInput = z.output<typeof agendaItem>;

/** What decides who may stand behind an event. */
export type Standing = Pick<Event, 'type' | 'countryCode' | 'city'>;

/** Throws FORBIDDEN unless the viewer may stand behind such an event there. */
export function assertMayOrganize(viewer: Viewer, { type, countryCode, city }: Standing): void {
  if (viewer.roles.includes('SUPER_USER') || type === 'FREE') return;
  const holds = (role: string, isThere: (officeCity: string | undefined) => boolean) =>
    viewer.offices.some(
      (office) => office.role === role && office.countryCode === countryCode && isThere(office.city),
    );
  const isPremium = viewer.entitlements.includes('PREMIUM_EVENTS') || viewer.roles.includes('EVENT_OWNER');
  if (type === 'PREMIUM' && isPremium) return;
  if (type === 'NATIONAL' && holds('AMBASSADOR', () => true)) return;
  if (type === 'LOCAL' && holds('CONSUL', (there) => cityKeyOf(there) === cityKeyOf(city))) return;
  throw new AppError('FORBIDDEN', refusals[type]);
}

const refusals = {
  PREMIUM: 'Premium events are for event owners and for people whose plan includes them.',
  NATIONAL: 'National events are for the ambassador of the country.',
  LOCAL: 'Local events are for the consul of the city.',
};

/** A translation is into another language than the event's own. */
export function assertTranslates({ language, translations }: Pick<Event, 'language' | 'translations'>): void {
  const index = translationsOf({ translations }).findIndex((other) => other.language === language);
  if (index < 0) return;
  const path = ['translations', String(index), 'language'];
  throw new AppError('INVALID_INPUT', 'This is the language of the event itself.', { path });
}

/** A local event belongs to a city. */
export function assertPlaceFits({ type, city }: Standing): void {
  if (type === 'LOCAL' && !city) {
    throw new AppError('INVALID_INPUT', 'A local event takes place in a city.', { path: ['place', 'city'] });
  }
}

type Schedule = Pick<Event, 'startsAtLocal' | 'endsAtLocal' | 'timeZone' | 'startsAt' | 'endsAt'>;

/** Reads local times in their zone. Throws AppError INVALID_INPUT for a schedule nobody could keep. */
export function readSchedule(
  input: { startsAt: string; endsAt: string; timeZone: string },
  now: Date,
): Schedule {
  const starts = resolveLocal(parseLocal(input.startsAt), input.timeZone);
  const ends = resolveLocal(parseLocal(input.endsAt), input.timeZone);
  const refuse = (message: string, field: string) =>
    new AppError('INVALID_INPUT', message, { path: [field] });
  if (starts.instant <= now) throw refuse('An event starts in the future.', 'startsAt');
  if (starts.instant.getTime() > now.getTime() + fiveYearsMs)
    throw refuse('An event starts within five years.', 'startsAt');
  if (ends.instant <= starts.instant) throw refuse('An event ends after its start.', 'endsAt');
  if (ends.instant.getTime() - starts.instant.getTime() > longestEventMs) {
    throw refuse('An event lasts 31 days at most.', 'endsAt');
  }
  return {
    startsAtLocal: starts.local,
    endsAtLocal: ends.local,
    timeZone: input.timeZone,
    startsAt: starts.instant,
    endsAt: ends.instant,
  };
}

/** A place as the event's columns hold it. */
export const placeColumns = (place: z.output<typeof placeSchema>) => ({
  venue: place.venue ?? null,
  address: place.address ?? null,
  countryCode: place.countryCode,
  city: place.city ?? null,
  cityKey: cityKeyOf(place.city),
  latitude: place.location?.latitude ?? null,
  longitude: place.location?.longitude ?? null,
});
