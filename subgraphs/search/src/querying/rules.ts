import { foldName, foldPlace, text } from '@diaspora/kit';
import { z } from 'zod';
import type { DocumentKind } from '../__generated__/prisma/client.js';
import { baseLanguage } from '../languages.js';

export const facetNames = ['TYPE', 'COUNTRY', 'CITY', 'DOMAIN', 'LANGUAGE'] as const;
export type FacetName = (typeof facetNames)[number];

const words = z.array(text({ max: 100 })).max(20);
/** Absent, null and empty restrict alike: not at all. */
const someOf = (fold: (word: string) => string) =>
  words.nullish().transform((given) => (given?.length ? given.map(fold) : undefined));
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

const near = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  radiusKm: z.number().positive().max(1_000),
});

const filter = z.object({
  countryCode: optional(z.string()),
  city: optional(text({ max: 80 }).transform(foldPlace)),
  countryOfOrigin: optional(z.string()),
  languages: someOf(baseLanguage),
  domains: someOf((domain) => domain),
  startsAfter: optional(z.date()),
  startsBefore: optional(z.date()),
  hashtags: someOf((tag) => foldName(tag.replace(/^[#＃]/u, ''))),
  near: optional(near),
});

export type Filter = z.output<typeof filter>;

export const searchInput = z.object({
  query: z.string().max(200, 'must have at most 200 characters'),
  types: z
    .array(z.custom<DocumentKind>())
    .nullish()
    .transform((types) => [...new Set(types ?? [])]),
  filter: filter.nullish().transform((given) => given ?? ({} as Filter)),
  facets: z
    .array(z.custom<FacetName>())
    .nullish()
    .transform((facets) => [...new Set(facets ?? [])]),
});

export type Circle = z.output<typeof near>;

/** Mean radius (IUGG). */
export const earthRadiusKm = 6_371.0088;

interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/**
 * Boxes in degrees that hold a circle on the earth; two when it crosses the date line. After J. P. Matuschek, "Finding
 * points within a distance of a latitude/longitude using bounding coordinates".
 */
export function boxesAround({ latitude, longitude, radiusKm }: Circle): Box[] {
  const angle = radiusKm / earthRadiusKm;
  const degrees = (radians: number) => (radians * 180) / Math.PI;
  // A hair more than needed, so that rounding cuts nothing off.
  const height = degrees(angle) + 1e-6;
  const [south, north] = [Math.max(-90, latitude - height), Math.min(90, latitude + height)];
  if (south === -90 || north === 90) return [{ west: -180, south, east: 180, north }];
  const width = degrees(Math.asin(Math.sin(angle) / Math.cos((latitude * Math.PI) / 180))) + 1e-6;
  const [west, east] = [longitude - width, longitude + width];
  const inside = { west: Math.max(-180, west), south, east: Math.min(180, east), north };
  if (west < -180) return [inside, { west: west + 360, south, east: 180, north }];
  if (east > 180) return [inside, { west: -180, south, east: east - 360, north }];
  return [inside];
}

/** What somebody typed, taken apart. */
export type Wish =
  | { readonly kind: 'everything' }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'words';
      /** As PostgreSQL's websearch syntax takes it. */
      readonly text: string;
      /** The last word as a beginning, and what stands before it. */
      readonly completion: { readonly before: string; readonly beginning: string } | null;
      /** Words that may be spelled alike; none when the syntax asks for exactness. */
      readonly similar: readonly string[];
    };

const mostSimilarWords = 6;
/** Shorter words have too few trigrams to resemble anything. */
const shortestSimilarWord = 4;
/** Folded words may be longer than what was typed, and levenshtein() takes 255 letters at most. */
export const longestSimilarWord = 200;

// What cannot be seen but would part or join words; search_plain takes the same out of documents.
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
// eslint-disable-next-line no-control-regex -- these become spaces
const controls = /[\u0000-\u001f\u007f]/g;

export function readWish(query: string): Wish {
  const visible = query.normalize('NFC').replace(invisible, '').replace(controls, ' ');
  const written = visible.trim();
  if (written === '') return { kind: 'everything' };
  const found = [...new Set(written.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])];
  if (found.length === 0) return { kind: 'nothing' };
  const isPlain = !/"|(^|\s)(-\S|or(\s|$))/iu.test(written);
  return {
    kind: 'words',
    text: written,
    completion: isPlain && !/\s$/u.test(visible) ? completionOf(written) : null,
    similar: isPlain && found.length <= mostSimilarWords ? found : [],
  };
}

function completionOf(written: string): { before: string; beginning: string } | null {
  const [beginning] = /[\p{L}\p{M}\p{N}]+$/u.exec(written) ?? [];
  if (!beginning) return null;
  // One letter begins too much, one ideograph may be a word.
  if (beginning.length < 2 && /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]/u.test(beginning))
    return null;
  return { before: written.slice(0, -beginning.length), beginning };
}

/** True for words that must be met by a similar one; others only count for the order. */
export const isLongEnoughToResemble = (word: string): boolean => [...word].length >= shortestSimilarWord;

/** Trigram likeness (0 to 1) from which a word is worth a second look, and from which it needs none. */
export const faintlySimilar = 0.3;
export const clearlySimilar = 0.6;

/** How many letters of a word may be wrong, missing or too many. */
export const slipsIn = (word: string): number => ([...word].length < 8 ? 1 : 2);

/** The word with each two neighbours swapped: the slip that trigrams do not see, since it breaks three of them. */
export function swapsOf(word: string): string[] {
  const letters = [...word];
  const swaps = letters.slice(1).map((letter, at) => letters.toSpliced(at, 2, letter, letters[at]!).join(''));
  return [...new Set(swaps)].filter((swap) => swap !== word);
}

// Private characters, taken out of texts beforehand. The last stands for "<", since tags are left out of headlines.
export const [opening, closing, less] = ['\ue000', '\ue001', '\ue002'] as const;
export const highlightOptions = `StartSel=${opening}, StopSel=${closing}, MaxWords=32, MinWords=16, MaxFragments=0`;

export interface HighlightPiece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** A headline with markers, in pieces; null when nothing in it is marked. */
export function piecesOf(headline: string): HighlightPiece[] | null {
  if (!headline.includes(opening)) return null;
  return headline
    .replaceAll(less, '<')
    .split(new RegExp(`(${opening}[^${closing}]*${closing})`, 'u'))
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.startsWith(opening)
        ? { text: piece.slice(1, -1), isMatch: true }
        : { text: piece, isMatch: false },
    );
}
