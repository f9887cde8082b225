import bidiModule from 'bidi-js';
import type { FontFile } from './fonts.js';

/** Text of one font and one direction. */
export interface Run {
  readonly text: string;
  readonly font: FontFile;
  /** Embedding level (Unicode Standard Annex 9): odd ones are written from right to left. */
  readonly level: number;
}

// Node gives what the CommonJS file exports, which its types call `default`.
const createBidi = bidiModule as unknown as typeof bidiModule.default;
const bidi = createBidi();
/** Marks and isolates say in which order to write; there is nothing to see of them. */
const invisible = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const combining = /\p{M}/u;

/**
 * One line of text as runs, from left to right as they stand on the paper. Its first letter decides which way it runs,
 * whatever the language around it: an address in Bucharest stays one on an Arabic invoice.
 */
export function runsOf(line: string, fonts: readonly FontFile[]): Run[] {
  const { levels } = bidi.getEmbeddingLevels(line, 'auto');
  const runs: { text: string; font: FontFile; level: number }[] = [];
  let offset = 0;
  for (const character of line) {
    const level = levels[offset]!;
    offset += character.length;
    if (invisible.test(character)) continue;
    const last = runs.at(-1);
    const font = fontFor(character, last?.font, fonts);
    const written = level % 2 === 1 ? (bidi.getMirroredCharacter(character) ?? character) : character;
    if (last && last.level === level && last.font === font) last.text += written;
    else runs.push({ text: written, font, level });
  }
  return inOrder(runs.map((run) => ({ ...run, text: asShaped(run) })));
}

/** That of the text before where it has the character, so that spaces and accents do not cut a word. */
function fontFor(character: string, before: FontFile | undefined, fonts: readonly FontFile[]): FontFile {
  const codePoint = character.codePointAt(0)!;
  if (before && (before.has(codePoint) || combining.test(character))) return before;
  return fonts.find((font) => font.has(codePoint)) ?? fonts[0]!;
}

/** Letters of scripts that run from right to left are turned by whoever shapes them; signs between them are not. */
const asShaped = ({ text, level }: Run): string =>
  level % 2 === 0 || /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text) ? text : [...text].reverse().join('');

/** Rule L2: from the highest level down to the lowest odd one, what stands together at that level or above is turned. */
function inOrder(runs: readonly Run[]): Run[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    for (let start = 0; start < ordered.length; start += 1) {
      let end = start;
      while (end < ordered.length && ordered[end]!.level >= level) end += 1;
      if (end > start) ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = Math.max(start, end);
    }
  }
  return ordered;
}
