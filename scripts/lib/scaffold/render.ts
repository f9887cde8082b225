import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';

/** Skeletons as they will be, but for `__placeholders__`; `.txt` keeps every tool's hands off them. */
const templates = path.resolve(import.meta.dirname, '../templates');
const suffix = '.txt';

export type Placeholders = Readonly<Record<string, string>>;

/** Names that only look like placeholders. */
const literal: Placeholders = { generated: '__generated__' };

export function fill(template: string, placeholders: Placeholders): string {
  return template.replace(/__([A-Za-z]+)__/g, (_all, name: string) => {
    const value = placeholders[name] ?? literal[name];
    if (value === undefined) throw new Error(`A template wants __${name}__.`);
    return value;
  });
}

export const renderFragment = (file: string, placeholders: Placeholders): string =>
  fill(readFileSync(path.join(templates, 'fragments', `${file}${suffix}`), 'utf8'), placeholders);

/** The files of one skeleton by their path inside it. */
export function renderFolder(folder: string, placeholders: Placeholders): Map<string, string> {
  const from = path.join(templates, folder);
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(suffix),
  );
  return new Map(
    files.sort().map((file) => {
      const text = fill(readFileSync(path.join(from, file), 'utf8'), placeholders);
      return [file.slice(0, -suffix.length), text];
    }),
  );
}

/** As `npm run format` would leave it; what Prettier does not know stays as it is. */
export async function formatted(root: string, file: string, text: string): Promise<string> {
  const filepath = path.join(root, file);
  const { inferredParser } = await prettier.getFileInfo(filepath);
  if (!inferredParser) return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}
