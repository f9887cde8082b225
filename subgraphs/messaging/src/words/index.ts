import { ar } from './ar.js';
import { en } from './en.js';
import { es } from './es.js';
import { fr } from './fr.js';
import { pt } from './pt.js';
import { ro } from './ro.js';
import type { Words } from './words.js';

export type { Facts, Words } from './words.js';

/** A new language is a file and a line here. */
export const catalogue = { en, fr, ro, ar, es, pt } satisfies Readonly<Record<string, Words>>;

export type Language = keyof typeof catalogue;

/** The first of a person's languages that we write; English where there is none. */
export function languageOf(languages: readonly string[]): Language {
  const tags = languages.map((tag) => tag.split('-')[0]!.toLowerCase());
  return tags.find((tag): tag is Language => Object.hasOwn(catalogue, tag)) ?? 'en';
}

export const wordsIn = (language: Language): Words => catalogue[language];
