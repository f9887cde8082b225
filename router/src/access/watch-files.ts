import { watch, type FSWatcher } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Logger } from '@diaspora/kit/core';

export interface WatchFilesOptions<Part, Whole> {
  /** A JSON file, or a folder of them; folders in it are read too. */
  readonly path: string;
  /** For log lines: "API keys". */
  readonly what: string;
  /** One file's content, parsed. `name`: its path in the folder without `.json`; empty for a single file. */
  readonly read: (json: unknown, name: string) => Part;
  /** Throws when the parts do not fit together. */
  readonly combine: (parts: readonly Part[]) => Whole;
  readonly log: Logger;
  /** For what notifications miss, such as files mounted from elsewhere. */
  readonly pollMs?: number;
}

export interface WatchedFiles<Whole> {
  /** The last good state, all of it at once. */
  current(): Whole;
  /** Looks now; resolves when what it found is in use. Never rejects. */
  reload(): Promise<void>;
  stop(): void;
}

interface Known<Part> {
  readonly text: string;
  readonly part: Part;
}

/** Editors and deployments write in several steps. */
const settleMs = 50;

/**
 * Files that may change at any time. Rejects, naming the file, when they cannot be used at the start; later a broken
 * file keeps its last good content, with one log line for each new fault.
 */
export async function watchFiles<Part, Whole>(
  options: WatchFilesOptions<Part, Whole>,
): Promise<WatchedFiles<Whole>> {
  const { path, what, log, pollMs = 10_000 } = options;
  let known = new Map<string, Known<Part>>();
  let whole: Whole;
  let logged = '';

  const look = async (): Promise<string[]> => {
    const faults: string[] = [];
    const next = new Map<string, Known<Part>>();
    for (const [name, text] of await readAll(path)) {
      const before = known.get(name);
      try {
        next.set(name, before?.text === text ? before : { text, part: parsePart(options, text, name) });
      } catch (error) {
        faults.push(`${join(path, name)}: ${(error as Error).message}`);
        if (before) next.set(name, before);
      }
    }
    if (isSame(known, next) && known.size > 0) return faults;
    whole = options.combine([...next.values()].map(({ part }) => part));
    known = next;
    return faults;
  };

  const reload = async (): Promise<void> => {
    const faults = await look().catch((error: Error) => [error.message]);
    const fault = faults.join('; ');
    if (fault !== logged && fault !== '')
      log.error({ fault }, `${what} cannot be read; the last good ones stay`);
    logged = fault;
  };

  const faults = await look().catch((error: Error) => [error.message]);
  if (faults.length > 0) throw new Error(`${what} cannot be read: ${faults.join('; ')}`);

  let running = Promise.resolve();
  const queued = () => (running = running.then(reload));
  const stop = await notify(path, pollMs, () => void queued());
  return { current: () => whole, reload: queued, stop };
}

const parsePart = <Part>({ read }: WatchFilesOptions<Part, unknown>, text: string, name: string): Part =>
  read(JSON.parse(text) as unknown, name.replace(/\.json$/, ''));

const isSame = <Part>(known: Map<string, Known<Part>>, next: Map<string, Known<Part>>): boolean =>
  known.size === next.size && [...next].every(([name, { part }]) => known.get(name)?.part === part);

async function readAll(path: string): Promise<[name: string, text: string][]> {
  if (!(await stat(path)).isDirectory()) return [['', await readFile(path, 'utf8')]];
  const entries = await readdir(path, { recursive: true });
  // Kubernetes mounts files through folders whose names begin with two dots; each would be read twice.
  const names = entries.filter((name) => name.endsWith('.json') && !name.split('/').some(isHidden)).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await readFile(join(path, name), 'utf8')]),
  );
}

const isHidden = (name: string): boolean => name.startsWith('.');

/** Calls back after changes, and from time to time. */
async function notify(path: string, pollMs: number, changed: () => void): Promise<() => void> {
  const isFolder = (await stat(path)).isDirectory();
  // A file is often replaced by another of its name, so its folder is watched.
  const folder = isFolder ? path : dirname(path);
  const file = isFolder ? undefined : relative(folder, path);
  let settling: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false, recursive: isFolder }, (_event, name) => {
      if (file !== undefined && name !== null && name !== file && !isHidden(name)) return;
      clearTimeout(settling);
      settling = setTimeout(changed, settleMs).unref();
    });
    watcher.on('error', () => undefined); // The poll goes on.
  } catch {
    // No notifications here: the poll has to do.
  }
  const poll = setInterval(changed, pollMs).unref();
  return () => {
    watcher?.close();
    clearTimeout(settling);
    clearInterval(poll);
  };
}
