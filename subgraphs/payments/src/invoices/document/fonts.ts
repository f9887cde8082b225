import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { unwrapWoff } from './woff.js';

/** One file of a typeface: a part of Unicode in one weight. */
export interface FontFile {
  readonly name: string;
  readonly bytes: Buffer;
  has(codePoint: number): boolean;
}

export type Weight = 400 | 700;

const { resolve } = createRequire(import.meta.url);

/** In the order in which they are asked for a character. */
const families = [
  {
    family: 'noto-sans',
    subsets: [
      'latin',
      'latin-ext',
      'vietnamese',
      'greek',
      'greek-ext',
      'cyrillic',
      'cyrillic-ext',
      'devanagari',
    ],
  },
  { family: 'noto-naskh-arabic', subsets: ['arabic'] },
];

const loaded = new Map<Weight, readonly FontFile[]>();

/** Read once for each process, when the first document is written (0.8 MB). */
export function fontsOf(weight: Weight): readonly FontFile[] {
  const known = loaded.get(weight);
  if (known) return known;
  const fonts = families.flatMap(({ family, subsets }) => {
    const ranges = JSON.parse(readFileSync(resolve(`@fontsource/${family}/unicode.json`), 'utf8')) as Record<
      string,
      string
    >;
    return subsets.map((subset) => {
      const file = resolve(`@fontsource/${family}/files/${family}-${subset}-${weight}-normal.woff`);
      return {
        name: `${family}-${subset}-${weight}`,
        bytes: unwrapWoff(readFileSync(file)),
        has: inRanges(ranges[subset]!),
      };
    });
  });
  loaded.set(weight, fonts);
  return fonts;
}

/** `U+0000-00FF,U+0131` as a question. */
function inRanges(text: string): (codePoint: number) => boolean {
  const ranges = text.split(',').map((range) => {
    const [first, last = first] = range.trim().replace('U+', '').split('-');
    return [parseInt(first!, 16), parseInt(last!, 16)] as const;
  });
  return (codePoint) => ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
}
