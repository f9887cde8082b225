import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

const names = [
  'viewerSecret',
  'tokenSecret',
  'ownerPassword',
  'servicePassword',
  'objectStoreKey',
  'objectStoreSecret',
  'sandboxWebhookSecret',
] as const;

export type Secrets = Readonly<Record<(typeof names)[number], string>>;

/** Secrets of this data folder: drawn once, kept in a file that only its owner may read. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json');
  const kept = await readFile(file, 'utf8').then(
    (text): Partial<Secrets> => JSON.parse(text) as Partial<Secrets>,
    (): Partial<Secrets> => ({}),
  );
  const secrets = Object.fromEntries(
    names.map((name) => [name, kept[name] ?? randomBytes(32).toString('hex')]),
  ) as Secrets;
  if (names.some((name) => kept[name] === undefined)) {
    await writeFile(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return secrets;
}
