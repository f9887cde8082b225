import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Logger } from '@diaspora/kit/core';

/** What writes a file may touch it several times. */
const settleMs = 50;

/** Reads the composed schema. The message of its error is one line for operators. */
export async function readSupergraphFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown fault' } = error as NodeJS.ErrnoException;
    throw new Error(
      `The supergraph cannot be read from ${path} (${code}). Give its file by --supergraph or SUPERGRAPH.`,
      { cause: error },
    );
  }
}

/**
 * Calls `onChange` with the text of the file whenever it is written or replaced. Its folder is watched, because
 * replacing a file by another (as editors and mounted volumes do) ends a watch on the file itself.
 */
export function watchSupergraphFile(path: string, onChange: (sdl: string) => void, log: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  const read = () =>
    void readFile(path, 'utf8').then(onChange, (error: unknown) =>
      log.warn({ err: error }, 'the supergraph cannot be read; the old one stays'),
    );
  const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
    // Mounted volumes replace a folder that the file is linked into.
    if (name !== null && name !== basename(path) && !name.startsWith('..')) return;
    clearTimeout(timer);
    timer = setTimeout(read, settleMs);
  });
  watcher.on('error', (error) => log.warn({ err: error }, 'the supergraph is not watched any more'));
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
