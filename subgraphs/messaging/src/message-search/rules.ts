import {
  AppError,
  decodeCursor,
  line,
  parseInput,
  parsePage,
  type ConnectionArgs,
  type Page,
  type SortKey,
} from '@diaspora/kit';
import { z } from 'zod';

const mostWords = 10;
const queryInput = z.object({ query: line({ max: 200 }) });

/** The words of a query: only letters and digits of any script. Throws for a query without any. */
export function wordsOf(query: string): string[] {
  const words = parseInput(queryInput, { query }).query.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  if (words.length > 0) return words.slice(0, mostWords);
  throw new AppError('INVALID_INPUT', 'must have letters or digits', { path: ['query'] });
}

/** All of the words as they begin, in the language of to_tsquery. */
export const prefixesOf = (words: readonly string[]): string =>
  words.map((word) => `'${word}':*`).join(' & ');

/** What marks a word that was found: characters that no message has. */
export const marks = { start: '\u0001', end: '\u0002' };

export interface TextRange {
  readonly start: number;
  readonly length: number;
}

/** Ranges of the text from the text with its words marked. */
export function rangesOf(marked: string): TextRange[] {
  const ranges: TextRange[] = [];
  let plain = 0;
  for (const [index, part] of marked.replaceAll(marks.end, marks.start).split(marks.start).entries()) {
    // Parts alternate: outside of a mark, inside, outside ...
    if (index % 2 === 1) ranges.push({ start: plain, length: part.length });
    plain += part.length;
  }
  return ranges;
}

const newestFirst: SortKey[] = [
  { field: 'sentAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

/** A page of what is found. */
export interface HitPage extends Page {
  /** Time and key of the message to begin beyond; null without a cursor. */
  readonly beyond: { readonly sentAt: Date; readonly id: string } | null;
}

export function parseHitPage(args: ConnectionArgs): HitPage {
  const page = parsePage(args, newestFirst);
  const cursor = page.forward ? args.after : args.before;
  if (cursor == null) return { ...page, beyond: null };
  const [sentAt, id] = decodeCursor(cursor, newestFirst) as [Date, string];
  return { ...page, beyond: { sentAt, id } };
}
