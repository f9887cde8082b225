import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname, join } from 'node:path';
import type { Account } from './postgres-account.js';
import { canReach, chooseAccount } from './postgres-account.js';
import { locateBinaries } from './postgres-binaries.js';
import type { Binaries } from './postgres-binaries.js';

/** A data folder that is ready to be served. */
export type Cluster = { folder: string; password: string; account: Account | undefined; binaries: Binaries };

type Options = { dataDir: string; durable: boolean; log: (line: string) => void };

/**
 * Opens the cluster of `dataDir`, making it first when there is none:
 * `dataDir/superuser-password` (0600, ours) and `dataDir/cluster` (PostgreSQL's, owned by its account).
 * A new cluster is made beside its place and renamed, so one that is half made is never taken for a whole one.
 */
export async function openCluster({ dataDir, durable, log }: Options): Promise<Cluster> {
  await prepareFolder(dataDir);
  const place = join(dataDir, 'cluster');
  await setAsideBroken(place, log);
  const password = await readOrMakePassword(dataDir);
  const account = await chooseAccount(place);
  const binaries = await locateBinaries(account);
  if (!existsSync(place)) {
    await initialise({ dataDir, place, password, account, binaries, durable, log });
  }
  const folder = await realpath(place);
  await assertUsable(folder, account);
  return { folder, password, account, binaries };
}

async function prepareFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    if (process.getuid?.() === (await stat(dataDir)).uid) await chmod(dataDir, 0o711);
    const probe = join(dataDir, `.writable-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw new Error(
      `The data folder ${dataDir} cannot be written to (${(error as NodeJS.ErrnoException).code}).`,
      {
        cause: error,
      },
    );
  }
}

async function readOrMakePassword(dataDir: string): Promise<string> {
  const file = join(dataDir, 'superuser-password');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept) return kept;
  if (existsSync(join(dataDir, 'cluster', 'PG_VERSION'))) {
    throw new Error(`${file} is missing or unreadable: restore it, or remove ${dataDir} to start afresh.`);
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(`${file}.new`, password, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}

/** A folder in the cluster's place that is no cluster (killed while being made by other means) is moved away. */
async function setAsideBroken(place: string, log: (line: string) => void): Promise<void> {
  for (const name of await readdir(dirname(place))) {
    if (name.startsWith('cluster.new-'))
      await rm(join(dirname(place), name), { recursive: true, force: true });
  }
  if (!(await lstat(place).catch(() => undefined))) return;
  if (existsSync(join(place, 'PG_VERSION')) && existsSync(join(place, 'global', 'pg_control'))) return;
  const aside = `${place}.broken-${Date.now()}`;
  await rename(place, aside);
  log(`${place} was no complete PostgreSQL cluster; it was moved to ${aside}.`);
}

type Initialise = Omit<Cluster, 'folder'> & Options & { place: string };

async function initialise({ place, password, account, binaries, durable, log }: Initialise): Promise<void> {
  const target = await reachablePlace(place, account);
  if (target !== place)
    log(`PostgreSQL's account cannot enter ${dirname(place)}: the data are kept in ${target}.`);
  const draft = `${target}.new-${process.pid}`;
  const passwordFile = `${draft}-password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (account) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
    const options = [
      '-D',
      draft,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
    ];
    const result = spawnSync(
      binaries.initdb,
      [...options, ...localeOptions(), ...(durable ? [] : ['--no-sync'])],
      {
        ...account,
        cwd: '/',
        env: { LC_ALL: 'C', TZ: 'UTC' },
        encoding: 'utf8',
      },
    );
    if (result.status !== 0)
      throw new Error(`initdb failed: ${lastLine(result.stderr) ?? result.error?.message}`);
    await rename(draft, target);
    if (target !== place) await symlink(target, place);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** C.UTF-8 sorts by code point and knows every letter, alike on every machine; outside Linux PostgreSQL brings it. */
function localeOptions(): string[] {
  if (platform() === 'linux') return ['--locale=C.UTF-8', '--lc-messages=C'];
  return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
}

/** Opening /root to everybody is not ours to decide, so data below a private folder live where they can be reached. */
async function reachablePlace(place: string, account: Account | undefined): Promise<string> {
  if (!account || (await canReach(place, account))) return place;
  const folder = join('/var/lib/diaspora-postgres', randomBytes(6).toString('hex'));
  await mkdir(folder, { recursive: true, mode: 0o711 });
  return join(folder, 'cluster');
}

async function assertUsable(folder: string, account: Account | undefined): Promise<void> {
  const { uid } = await stat(folder);
  const own = process.getuid?.();
  if (!account && own !== undefined && uid !== own) {
    throw new Error(
      `${folder} belongs to another account (uid ${uid}): run as that account, or remove the folder.`,
    );
  }
  if (account && !(await canReach(folder, account))) {
    throw new Error(
      `${folder} cannot be reached by uid ${account.uid}: make the folders above it traversable.`,
    );
  }
}

export function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1);
}
