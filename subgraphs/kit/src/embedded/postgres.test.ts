import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres } from './postgres.js';
import { isAlive } from './postgres-leftover.js';

let dataDir: string;
const start = (change: Partial<Parameters<typeof startPostgres>[0]> = {}) =>
  startPostgres({ dataDir, port: 0, durable: false, ...change });

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'diaspora-postgres-'));
  await chmod(dataDir, 0o711);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

/** A process of its own that starts PostgreSQL on our data folder, prints its number, and waits to be killed. */
async function startElsewhere(
  detachWatchdog: boolean,
): Promise<{ owner: number; server: number; kill(): Promise<void> }> {
  const module = fileURLToPath(new URL('./postgres.ts', import.meta.url));
  const script = `const { startPostgres } = await import(${JSON.stringify(pathToFileURL(module).href)});
    const server = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, port: 0, durable: false });
    console.log(server.pid); setInterval(() => {}, 1000);`;
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const file = join(dataDir, 'elsewhere.mts');
  await writeFile(file, script);
  // Without a shell on its way there is no watchdog.
  const child = spawn(process.execPath, ['--import', loader, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const server = Number(line.toString());
  const kill = async () => {
    if (detachWatchdog) await stopWatchdogOf(server);
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { owner: child.pid as number, server, kill };
}

async function stopWatchdogOf(server: number): Promise<void> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const { readFile } = await import('node:fs/promises');
    const command = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (command[0] === '/bin/sh' && command[3] === String(server)) process.kill(Number(entry), 'SIGKILL');
  }
}

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((done) => setTimeout(done, 20));
}

describe('startPostgres', () => {
  it('keeps data over a stop and a second start, for its password only', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    const wrong = new URL(second.url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await second.stop();
    expect((await stat(join(dataDir, 'superuser-password'))).mode & 0o777).toBe(0o600);
  });

  it('starts again after a kill -9 of the server, with what was committed', async () => {
    const first = await start({ durable: true });
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start({ durable: true });
    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    await second.stop();
  });

  it('ends the server when the process that started it is killed', async () => {
    const elsewhere = await startElsewhere(false);
    await elsewhere.kill();
    await ended(elsewhere.server);
    expect(isAlive(elsewhere.server)).toBe(false);
  });

  it('stops a server that outlived its owner, and only such a one', async () => {
    const elsewhere = await startElsewhere(true);
    await expect(start()).rejects.toThrow(`in use by process ${elsewhere.owner}`);
    await elsewhere.kill();
    expect(isAlive(elsewhere.server)).toBe(true);
    const next = await start();
    expect(isAlive(elsewhere.server)).toBe(false);
    await next.stop();
  });

  it('refuses to serve one folder twice from one process', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow('served already');
    await first.stop();
  });

  it('makes a half-made folder anew', async () => {
    await mkdir(join(dataDir, 'cluster.new-1', 'base'), { recursive: true });
    await mkdir(join(dataDir, 'cluster', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '18\n');
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(lines[0]).toContain('no complete PostgreSQL cluster');
    expect(await readdir(dataDir)).not.toContain('cluster.new-1');
    await server.stop();
  });

  it('is not misled by a lock file whose number belongs to another program', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    const server = await start();
    expect(isAlive(process.pid)).toBe(true);
    await server.stop();
  });

  it('names a taken port in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(new RegExp(`^Port ${port} is already in use: .*$`));
    other.close();
  });

  it('names a folder it cannot write to in one line', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    await expect(start({ dataDir: join(file, 'data') })).rejects.toThrow(
      /^The data folder .*file.data cannot be .*$/,
    );
  });

  it('keeps the data elsewhere when its account cannot enter the folder', async () => {
    const before = (await stat(dataDir)).mode;
    await mkdir(join(dataDir, 'private'), { mode: 0o700 });
    const server = await start({ dataDir: join(dataDir, 'private', 'data') });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect((await stat(dataDir)).mode).toBe(before);
    expect((await stat(join(dataDir, 'private'))).mode & 0o777).toBe(0o700);
    if (server.folder.startsWith('/var/lib/')) await rm(join(server.folder, '..'), { recursive: true });
  });
});
