import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

const names = [
  'viewerSecret',
  'tokenSecret',
  'sealingSecret',
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
  const kept = await readKept(file);
  const secrets = Object.fromEntries(
    names.map((name) => [name, kept[name] ?? randomBytes(32).toString('hex')]),
  ) as Secrets;
  if (names.some((name) => kept[name] === undefined)) {
    await writeFile(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return secrets;
}

/** Nothing when there is no file yet. One that cannot be read is not replaced: what it sealed would be lost for good. */
async function readKept(file: string): Promise<Partial<Secrets>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Secrets>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    const reason = code ?? 'it is not JSON';
    const advice = 'Mend it, or remove the data folder to start anew.';
    throw new Error(`The secrets in ${file} cannot be read (${reason}). ${advice}`, { cause: error });
  }
}
