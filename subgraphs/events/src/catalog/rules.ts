import { AppError, dayMs, foldPlace, likeLiteral, parseInput, text, type Viewer } from '@diaspora/kit';
import { z } from 'zod';
import type { Event, EventDomain, EventType } from '../__generated__/prisma/client.js';
import { userIds } from '../ids.js';
import { translationsOf } from './translations.js';

/** Nothing lasts longer, so that a list of what is not over need not look further back. In milliseconds. */
export const longestEventMs = 31 * dayMs;

export type EventStatus = Event['status'] | 'COMPLETED';

/** That an event is over follows from its end: nobody has to note it in time. */
export const statusOf = (event: Pick<Event, 'status' | 'endsAt'>, now: Date): EventStatus =>
  event.status === 'PUBLISHED' && event.endsAt <= now ? 'COMPLETED' : event.status;

/** The organizer, and super users: calling an event off, deleting it and choosing its co-hosts is theirs. */
export const isOwnedBy = (viewer: Viewer | null, event: Pick<Event, 'organizerId'>): boolean =>
  viewer !== null && (viewer.id === event.organizerId || viewer.roles.includes('SUPER_USER'));

/** Hosts (the organizer and co-hosts) and super users may change an event and see what only they may see. */
export const maySteer = (viewer: Viewer | null, event: Pick<Event, 'organizerId' | 'coHostIds'>): boolean =>
  viewer !== null && (isOwnedBy(viewer, event) || event.coHostIds.includes(viewer.id));

/** One spelling for each city; empty without one. */
export const cityKeyOf = (city: string | null | undefined): string => (city ? foldPlace(city) : '');

/** Chinese and Japanese, which put no spaces between words: most are of two characters, and many of one. */
const unspaced = /(?=\p{L})[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]/gu;

/**
 * Text without case, accents and invisible marks: "Sărbătoare" and "sarbatoare" are one word. The index knows words by
 * three characters in a row, the spaces around them included, so that what is written without spaces gets some.
 */
export const foldText = (value: string): string =>
  value
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLocaleLowerCase('en')
    .replace(unspaced, ' $& ')
    .replace(/ {2,}/g, ' ');

type Searched = Pick<Event, 'title' | 'description' | 'venue' | 'city' | 'tags'> & {
  readonly translations?: Event['translations'];
};

/** What text search looks through. */
export function searchTextOf({ translations = [], ...event }: Searched): string {
  const others = translationsOf({ translations });
  const titles = [event.title, ...others.map(({ title }) => title)];
  const descriptions = [event.description, ...others.map(({ description }) => description)];
  return foldText(
    [...titles, event.venue, event.city, ...event.tags, ...descriptions].filter(Boolean).join('\n'),
  );
}

const mostWords = 8;

/** The words of a search, each as a literal for LIKE. */
export const searchWords = (query: string): string[] =>
  query
    .split(/\s+/)
    .map(foldText)
    .filter((word) => word.trim() !== '')
    .slice(0, mostWords)
    .map(likeLiteral);

/** Whether the index knows anything of a word. Those of which it does not narrow what the others find. */
const isIndexed = (word: string): boolean => /[\p{L}\p{Nd}]{3}/u.test(word) || word.search(unspaced) >= 0;

const personId = z.string().transform((id) => userIds.decode(id));

/** The scalar gives a number where one is enough. */
const minorAmount = z
  .union([z.bigint(), z.int()])
  .transform(BigInt)
  .pipe(
    z
      .bigint()
      .min(0n)
      .max(10n ** 15n),
  );

const filterSchema = z.object({
  text: text({ max: 200 })
    .refine((value) => searchWords(value).some(isIndexed), {
      message: 'must have a word with three letters or digits in a row',
    })
    .nullish(),
  domains: z.array(z.custom<EventDomain>()).max(16).nullish(),
  types: z.array(z.custom<EventType>()).max(4).nullish(),
  countryCode: z.string().nullish(),
  city: text({ max: 80 }).nullish(),
  language: z.string().nullish(),
  startsAfter: z.date().nullish(),
  startsBefore: z.date().nullish(),
  hasFreePlaces: z.boolean().nullish(),
  organizerId: personId.nullish(),
  hostId: personId.nullish(),
  isFree: z.boolean().nullish(),
  maxPrice: z.object({ amountMinor: minorAmount, currency: z.string() }).nullish(),
  near: z
    .object({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      withinKm: z.number().min(0.1).max(1_000),
    })
    .nullish(),
});

/** A place on the map, in degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

export type EventFilter = z.output<typeof filterSchema>;

/** Throws AppError INVALID_INPUT. */
export function readFilter(input: unknown): EventFilter {
  const filter = parseInput(filterSchema, input ?? {});
  if (filter.startsAfter && filter.startsBefore && filter.startsAfter >= filter.startsBefore) {
    throw new AppError('INVALID_INPUT', 'startsAfter must lie before startsBefore.', {
      path: ['filter', 'startsBefore'],
    });
  }
  return filter;
}
