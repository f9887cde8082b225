import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '@diaspora/local/progress';

export const peersFolder = path.resolve(import.meta.dirname, '../../peers');

interface Package {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Installs the other routers into their own folder unless they are there; rejects with one line when it cannot. */
export async function installPeers(progress: Progress, signal: AbortSignal): Promise<void> {
  const { dependencies } = (await readPackage(peersFolder))!;
  const missing = await Promise.all(
    Object.entries(dependencies).map(async ([name, version]) => {
      const found = await readPackage(path.join(peersFolder, 'node_modules', name));
      return found?.version !== version;
    }),
  );
  if (missing.includes(true)) await progress.step('npm ci of the others', () => runNpm(signal));
}

async function readPackage(folder: string): Promise<Package | undefined> {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Package);
}

async function runNpm(signal: AbortSignal): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['ci', '--ignore-scripts', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', ...quiet];
  const child = spawn('npm', args, { cwd: peersFolder, stdio: ['ignore', 'ignore', 'pipe'], signal });
  let words = '';
  child.stderr.on('data', (bytes) => (words += String(bytes)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const reason = words.trim().split('\n')[0] ?? '';
  throw new Error(`The routers to compare with could not be installed from npm into bench/peers: ${reason}`);
}
