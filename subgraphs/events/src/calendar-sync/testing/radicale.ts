import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Where it is missing, tests against it cannot run. In CI it is there, or they fail. */
export const hasRadicale = spawnSync('radicale', ['--version']).status === 0;

/** The port it was given, of which it tells when it listens; what it tells then is thrown away. */
const portOf = (log: Readable) =>
  new Promise<string>((resolve, reject) => {
    let told = '';
    log.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      const [, port] = /Listening on '.*:(\d+)'/.exec(told) ?? [];
      if (!port) return;
      log.removeAllListeners('data').resume();
      resolve(port);
    });
    log.once('end', () => reject(new Error(`radicale ended: ${told}`)));
  });

/** Radicale, a real CalDAV server, with one person. Resolves when it answers. */
export async function startRadicale({ username, password }: { username: string; password: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'radicale-'));
  const users = join(folder, 'users');
  await writeFile(users, `${username}:${password}\n`);
  const config = join(folder, 'config');
  await writeFile(
    config,
    [
      `[server]\nhosts = 127.0.0.1:0`,
      `[auth]\ntype = htpasswd\nhtpasswd_filename = ${users}\nhtpasswd_encryption = plain\ndelay = 0`,
      `[storage]\nfilesystem_folder = ${join(folder, 'collections')}`,
      '[logging]\nlevel = info',
    ].join('\n'),
  );
  const radicale = spawn('radicale', ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = `http://127.0.0.1:${await portOf(radicale.stderr)}/`;
  const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  return {
    url,
    /** What a person does with another program. */
    request: (address: string, method: string, body?: string, more: Record<string, string> = {}) =>
      fetch(address, { method, headers: { ...headers, ...more }, ...(body !== undefined && { body }) }),
    setPassword: (changed: string) => writeFile(users, `${username}:${changed}\n`),
    stop: async () => {
      const ended = new Promise((resolve) => radicale.once('exit', resolve));
      radicale.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
