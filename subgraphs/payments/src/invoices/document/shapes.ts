/** What pdfkit keeps of a font that it embeds. */
interface EmbeddedFont {
  readonly font: {
    /** Shapes by number, each with the text that it was first asked for with. */
    readonly _glyphs: Record<number, unknown>;
    getGlyph(id: number, codePoints?: readonly number[]): unknown;
  };
  readonly subset: { includeGlyph(id: number): number; readonly glyphs: number[] };
  readonly widths: number[];
  readonly unicode: (readonly number[] | undefined)[];
  readonly scale: number;
  layout(text: string, features?: readonly string[]): Layout;
  encode(text: string, features?: readonly string[]): [codes: string[], positions: unknown];
}

interface Layout {
  readonly glyphs: {
    readonly id: number;
    readonly advanceWidth: number;
    readonly codePoints: readonly number[];
  }[];
  readonly positions: unknown;
}

const mended = new WeakSet<EmbeddedFont>();

/**
 * fontkit and pdfkit let a shape of a font stand for one text, the first it met. Arabic fonts draw several letters as one bow, with
 * dots apart, and whoever reads, searches or copies such a document gets wrong letters. Here a shape that stands for
 * another text is embedded once more under a number of its own.
 */
export function tellShapesApart(doc: object): void {
  const font = (doc as { _font: EmbeddedFont })._font;
  if (mended.has(font)) return;
  mended.add(font);
  const { font: shapes } = font;
  const getGlyph = shapes.getGlyph.bind(shapes);
  const glyphs = new Map<string, unknown>();
  shapes.getGlyph = (id, codePoints) => {
    if (!codePoints) return getGlyph(id);
    const key = `${id}:${codePoints.join()}`;
    if (!glyphs.has(key)) {
      delete shapes._glyphs[id];
      glyphs.set(key, getGlyph(id, codePoints));
    }
    return glyphs.get(key);
  };
  const known = new Map<string, number>();
  font.encode = (text, features) => {
    const run = font.layout(text, features);
    const codes = run.glyphs.map(({ id, advanceWidth, codePoints }) => {
      const key = `${id}:${codePoints.join()}`;
      const shape = known.get(key) ?? numberOf(font, id, codePoints);
      known.set(key, shape);
      font.widths[shape] ??= advanceWidth * font.scale;
      font.unicode[shape] ??= codePoints;
      return shape.toString(16).padStart(4, '0');
    });
    return [codes, run.positions];
  };
}

function numberOf({ subset, unicode }: EmbeddedFont, id: number, codePoints: readonly number[]): number {
  const shape = subset.includeGlyph(id);
  const taken = unicode[shape];
  return !taken || taken.join() === codePoints.join() ? shape : subset.glyphs.push(id) - 1;
}
