import { z } from 'zod';
import { AppError } from './errors.js';

/** Parses input once, at the edge of a service. Throws AppError INVALID_INPUT with the path of the first fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.map(String) ?? [];
  throw new AppError('INVALID_INPUT', issue?.message ?? 'The input is not valid.', { path });
}

/** True when there is something to see: direction marks, joiners and accents alone are nothing. */
const isVisible = (value: string): boolean => /[^\p{Cf}\p{M}\s]/u.test(value);

/**
 * Text a person typed: NFC, trimmed, without control characters other than line breaks; emoji and bidi marks stay. One
 * that may not be empty has something to see.
 */
export const text = (limits: { min?: number; max: number }) =>
  z
    .string()
    // eslint-disable-next-line no-control-regex -- these are the characters to refuse
    .refine((value) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value), {
      message: 'must not contain control characters',
    })
    .refine((value) => !/\p{Surrogate}/u.test(value), { message: 'must not contain half a character' })
    .transform((value) => value.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(limits.min ?? 1)
        .max(limits.max)
        .refine((value) => value === '' || isVisible(value), { message: 'must have something to see' }),
    );

/** The same in one line: names, headlines, titles. */
export const line = (limits: { min?: number; max: number }) =>
  text(limits).refine((value) => !/[\n\r\t\u2028\u2029]/.test(value), { message: 'must be a single line' });

/** The key by which a client makes a repeated command the same command. */
export const idempotencyKey = () => z.string().min(1).max(64);

/** A word or name folded for comparison: "  JAZZ " and "Jazz" are one tag. */
export const foldName = (name: string): string =>
  name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');

// Accents as Unicode decomposes them, and what cannot be seen. Vowel signs of other scripts are letters and stay.
const accentsAndInvisibles = /[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** The name of a place folded for comparison: "BERLIN" and "Berlin", "Bucuresti" and "București" are one city. */
export const foldPlace = (name: string): string =>
  foldName(name.normalize('NFKD').replace(accentsAndInvisibles, ''));

/** The name of a place: a line of which something is left when it is folded. */
export const placeName = (limits: { max: number }) =>
  line(limits).refine((value) => foldPlace(value) !== '', { message: 'must have letters' });

const controlCharacter = '\u0000';

/** True when any string inside a JSON-like value, names of fields included, holds a NUL, which PostgreSQL cannot store. */
export function containsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(controlCharacter);
  if (Array.isArray(value)) return value.some(containsNul);
  if (typeof value === 'object' && value !== null) return Object.entries(value).some(containsNul);
  return false;
}
