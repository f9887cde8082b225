import PDFDocument from 'pdfkit';
import { runsOf } from './bidi.js';
import { fontsOf, type Weight } from './fonts.js';
import { tellShapesApart } from './shapes.js';

export interface Style {
  readonly size?: number;
  readonly weight?: Weight;
  readonly align?: 'start' | 'end';
  readonly colour?: string;
}

/** A strip of the page, counted from the side where reading begins, in points. */
export interface Column {
  readonly start: number;
  readonly width: number;
}

const margin = 48;
const lineHeight = 1.4;
/** Given any, pdfkit has a run shaped as a whole; else it cuts it at spaces and puts the words from left to right. */
const features: never[] = [];

interface About {
  readonly title: string;
  readonly language: string;
  readonly author: string;
  readonly writtenAt: Date;
  readonly direction: 'ltr' | 'rtl';
}

/** A4 pages on which text is written in both directions. The same calls make the same bytes. */
export function createPaper({ title, language, author, writtenAt, direction }: About) {
  const doc = new PDFDocument({
    size: 'A4',
    margin,
    bufferPages: true,
    lang: language,
    pdfVersion: '1.7',
    displayTitle: true,
    info: {
      Title: title,
      Author: author,
      Creator: author,
      Producer: 'pdfkit',
      CreationDate: writtenAt,
      ModDate: writtenAt,
    },
  });
  const width = doc.page.width - 2 * margin;
  const bottom = doc.page.height - margin - 24;
  for (const font of [...fontsOf(400), ...fontsOf(700)]) doc.registerFont(font.name, font.bytes);
  const left = ({ start, width: columnWidth }: Column): number =>
    margin + (direction === 'ltr' ? start : width - start - columnWidth);

  /** Shaping is most of the work of a document, and each line is measured before it is drawn. */
  const known = new Map<string, ReturnType<typeof shaped>>();
  const measured = (line: string, { size = 10, weight = 400 }: Style) => {
    const key = `${size} ${weight} ${line}`;
    const lineShape = known.get(key) ?? shaped(line, size, weight);
    known.set(key, lineShape);
    return lineShape;
  };
  const shaped = (line: string, size: number, weight: Weight) => {
    const runs = runsOf(line, fontsOf(weight)).map((run) => {
      doc.font(run.font.name).fontSize(size);
      return { ...run, width: doc.widthOfString(run.text, { features }) };
    });
    return { runs, width: runs.reduce((sum, run) => sum + run.width, 0) };
  };

  /** Cut at line breaks and spaces, and within a word that is wider than the column. */
  function linesOf(text: string, columnWidth: number, style: Style): string[] {
    const fits = (line: string) => measured(line, style).width <= columnWidth;
    return text
      .replaceAll('\u202f', '\u00a0')
      .split('\n')
      .flatMap((paragraph) => {
        if (fits(paragraph)) return [paragraph];
        const lines = [''];
        for (const word of paragraph.split(' ').flatMap((whole) => partsOf(whole, fits))) {
          const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
          if (fits(longer)) lines[lines.length - 1] = longer;
          else lines.push(word);
        }
        return lines;
      });
  }

  function drawLine(line: string, y: number, column: Column, style: Style): void {
    const { size = 10, align = 'start', colour = '#222222' } = style;
    const { runs, width: lineWidth } = measured(line, style);
    const isAtLeft = (align === 'start') === (direction === 'ltr');
    let x = left(column) + (isAtLeft ? 0 : column.width - lineWidth);
    for (const run of runs) {
      doc.font(run.font.name).fontSize(size).fillColor(colour);
      tellShapesApart(doc);
      doc.text(run.text, x, y + size, { lineBreak: false, baseline: 'alphabetic', features });
      x += run.width;
    }
  }

  return {
    width,
    bottom,
    top: margin,
    heightOf: (text: string, column: Column, style: Style = {}) =>
      linesOf(text, column.width, style).length * (style.size ?? 10) * lineHeight,
    /** Writes a text into a column and answers where the next one may stand. */
    write(text: string, y: number, column: Column, style: Style = {}): number {
      const height = (style.size ?? 10) * lineHeight;
      const lines = linesOf(text, column.width, style);
      lines.forEach((line, index) => drawLine(line, y + index * height, column, style));
      return y + lines.length * height;
    },
    rule(y: number, colour = '#bbbbbb'): void {
      doc
        .moveTo(margin, y)
        .lineTo(margin + width, y)
        .lineWidth(0.6)
        .strokeColor(colour)
        .stroke();
    },
    addPage: () => void doc.addPage(),
    /** Ends the document; `onPage` writes what depends on the number of pages. */
    async finish(onPage: (page: number, pages: number) => void): Promise<Buffer> {
      const { count } = doc.bufferedPageRange();
      for (let page = 0; page < count; page += 1) {
        doc.switchToPage(page);
        onPage(page + 1, count);
      }
      doc.end();
      const chunks: Buffer[] = [];
      for await (const chunk of doc) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
  };
}

/** A word, or pieces of it that fit. */
function partsOf(word: string, fits: (text: string) => boolean): string[] {
  if (word === '' || fits(word)) return [word];
  const parts = [''];
  for (const character of word) {
    const longer = parts.at(-1)! + character;
    if (parts.at(-1) === '' || fits(longer)) parts[parts.length - 1] = longer;
    else parts.push(character);
  }
  return parts;
}
