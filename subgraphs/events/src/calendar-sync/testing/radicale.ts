import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where it is missing, tests against it cannot run. In CI it is there, or they fail. */
export const hasRadicale = spawnSync('radicale', ['--version']).status === 0;

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Radicale, a real CalDAV server, with one person. Resolves when it answers. */
export async function startRadicale({ username, password }: { username: string; password: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'radicale-'));
  const port = await freePort();
  const users = join(folder, 'users');
  await writeFile(users, `${username}:${password}\n`);
  const config = join(folder, 'config');
  await writeFile(
    config,
    [
      `[server]\nhosts = 127.0.0.1:${port}`,
      `[auth]\ntype = htpasswd\nhtpasswd_filename = ${users}\nhtpasswd_encryption = plain\ndelay = 0`,
      `[storage]\nfilesystem_folder = ${join(folder, 'collections')}`,
      '[logging]\nlevel = error',
    ].join('\n'),
  );
  const radicale = spawn('radicale', ['--config', config], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/`;
  const answers = async (): Promise<boolean> => {
    if (radicale.exitCode !== null) throw new Error(`radicale ended with ${radicale.exitCode}`);
    return fetch(url).then(
      () => true,
      () => false,
    );
  };
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 50));
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
