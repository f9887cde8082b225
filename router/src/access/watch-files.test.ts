import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import { watchFiles } from './watch-files.js';

let folder: string;
let lines: { msg: string; fault: string }[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-watch-'));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);
/** At no time is the file half there. */
async function replace(name: string, text: string): Promise<void> {
  await write(`${name}.new`, text);
  await rename(join(folder, `${name}.new`), join(folder, name));
}

/** `becomes` awaits a state: a file that is just being written may be read first when it is half there. */
async function watchWords(path = folder) {
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
  let told: () => void = () => undefined;
  const files = await watchFiles({
    path,
    what: 'Words',
    read: (json, name) => `${name}:${String(json)}`,
    combine: (parts) => {
      setImmediate(() => told());
      return parts.join(' ');
    },
    log: createLogger({ name: 'test', level: 'info', destination }),
    pollMs: 60_000,
  });
  const becomes = async (wanted: string) => {
    while (files.current() !== wanted) await new Promise<void>((resolve) => (told = resolve));
  };
  return { ...files, becomes };
}

describe('watchFiles', () => {
  it('reads the JSON files of a folder and of folders in it', async () => {
    await mkdir(join(folder, 'web'));
    await Promise.all([write('a.json', '1'), write('web/b.json', '2'), write('c.txt', '3')]);
    const files = await watchWords();
    expect(files.current()).toBe('a:1 web/b:2');
    files.stop();
  });

  it('hears of a new file, and of one that replaces another', async () => {
    await write('a.json', '1');
    const files = await watchWords();
    await write('b.json', '2');
    await files.becomes('a:1 b:2');
    await write('new', '3');
    await rename(join(folder, 'new'), join(folder, 'a.json'));
    await files.becomes('a:3 b:2');
    expect(lines.filter(({ fault }) => !fault.includes('b.json'))).toEqual([]);
    files.stop();
  });

  it('hears of changes of a single file', async () => {
    await write('one.json', '1');
    const files = await watchWords(join(folder, 'one.json'));
    await write('one.json', '2');
    await files.becomes(':2');
    expect(files.current()).toBe(':2');
    files.stop();
  });

  it('keeps the last good content of a broken file, with one log line, and takes the others', async () => {
    await Promise.all([write('a.json', '1'), write('b.json', '1')]);
    const files = await watchWords();
    await Promise.all([replace('a.json', '{'), replace('b.json', '2')]);
    await files.reload();
    await files.reload();
    expect(files.current()).toBe('a:1 b:2');
    expect(lines).toHaveLength(1);
    expect(lines[0]!.fault).toContain('a.json');
    await replace('a.json', '2');
    await files.reload();
    expect(files.current()).toBe('a:2 b:2');
    files.stop();
  });

  it('keeps everything when the folder is gone', async () => {
    await write('a.json', '1');
    const files = await watchWords();
    await rename(folder, `${folder}-away`);
    await files.reload();
    expect([files.current(), lines.length]).toEqual(['a:1', 1]);
    await rename(`${folder}-away`, folder);
    files.stop();
  });

  it('does not start with a broken file, and names it', async () => {
    await write('a.json', '{');
    await expect(watchWords()).rejects.toThrow(/Words cannot be read: .*a\.json/);
    await expect(watchWords(join(folder, 'none'))).rejects.toThrow('none');
  });
});
