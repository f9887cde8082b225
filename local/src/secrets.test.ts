import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSecrets } from './secrets.js';

describe('the secrets of a data folder', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'diaspora-secrets-'));
    file = path.join(folder, 'secrets.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are drawn once and kept where only their owner may read', async () => {
    const first = await loadSecrets(folder);
    expect(await loadSecrets(folder)).toEqual(first);
    expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('stay as they are when a new one is wanted beside them', async () => {
    const { tokenSecret, ...older } = await loadSecrets(folder);
    await writeFile(file, JSON.stringify(older));
    const newer = await loadSecrets(folder);
    expect(newer).toMatchObject(older);
    expect(newer.tokenSecret).not.toBe(tokenSecret);
  });

  it('are not replaced when their file is damaged: one line says so', async () => {
    await writeFile(file, '{ "tokenSecret": "cut sho');
    await expect(loadSecrets(folder)).rejects.toThrow(/secrets\.json cannot be read \(it is not JSON\)/);
    expect(await readFile(file, 'utf8')).toContain('cut sho');
  });

  it('are not replaced when their file cannot be read', async () => {
    await mkdir(file);
    await expect(loadSecrets(folder)).rejects.toThrow('cannot be read (EISDIR)');
  });
});
