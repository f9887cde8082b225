import { ar } from './ar.js';
import { en } from './en.js';
import { fr } from './fr.js';
import type { Letter, LetterFacts, LetterKind, Letters } from './letter.js';
import { ro } from './ro.js';

export type { Letter, LetterFacts, LetterKind } from './letter.js';

/** A new language is a file and a line here; the compiler names the other places that write letters. */
const catalogue = { en, fr, ro, ar } satisfies Readonly<Record<string, Letters>>;

export type LetterLanguage = keyof typeof catalogue;

/** The first of a person's languages that letters are written in; English where there is none. */
export function letterLanguage(languages: readonly string[]): LetterLanguage {
  const tags = languages.map((tag) => tag.split('-')[0]!.toLowerCase());
  return tags.find((tag): tag is LetterLanguage => Object.hasOwn(catalogue, tag)) ?? 'en';
}

export const writeLetter = <Kind extends LetterKind>(
  kind: Kind,
  facts: LetterFacts[Kind],
  languages: readonly string[],
): Letter => (catalogue as Readonly<Record<LetterLanguage, Letters>>)[letterLanguage(languages)][kind](facts);

/** An instant as letters write it: in words, in UTC, for nobody knows where the mail will be read. */
export const writeInstant = (at: Date, languages: readonly string[]): string => {
  const options = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat(letterLanguage(languages), options).format(at)} UTC`;
};
