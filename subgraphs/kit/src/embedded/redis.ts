import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { assertPortFree, findFreePort, portError } from './ports.js';
import { startValkey } from './valkey.js';
import { watchOver } from './watchdog.js';

export type RedisOptions = {
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Working folder of redis-server; nothing is written there. */
  dir?: string;
  /** Default: redis-server when one is on PATH, else the embedded Valkey. */
  prefer?: 'redis-server' | 'valkey';
  /** Receives what the server logs and what was restarted. */
  log?: (line: string) => void;
};

export type EmbeddedRedis = {
  url: string;
  kind: 'redis-server' | 'valkey';
  /** Process number of the server; another one after the embedded Valkey was started again. */
  pid(): number;
  stop(): Promise<void>;
};

/**
 * Starts a Redis for one machine, without persistence, on 127.0.0.1 and in a process of its own. It may forget
 * everything at any moment (the embedded Valkey is started again, empty, should it end), as a Redis may in production.
 */
export async function startRedis(options: RedisOptions): Promise<EmbeddedRedis> {
  const port = options.port || (await findFreePort());
  const { dir = tmpdir(), prefer, log = () => {} } = options;
  await assertPortFree(port, 'Redis');
  const url = `redis://127.0.0.1:${port}`;
  const native = prefer === 'valkey' ? undefined : await startRedisServer({ port, dir, log });
  if (native) return { url, kind: 'redis-server', ...native };
  if (prefer === 'redis-server') throw new Error('There is no redis-server on PATH.');
  const embedded = await startValkey({ port, log });
  return { url, kind: 'valkey', ...embedded };
}

type Launch = { port: number; dir: string; log: (line: string) => void };

/** Undefined when there is no redis-server on PATH. */
async function startRedisServer({
  port,
  dir,
  log,
}: Launch): Promise<Pick<EmbeddedRedis, 'pid' | 'stop'> | undefined> {
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--daemonize',
    'no',
  ];
  // A session of its own, so that Ctrl-C in the terminal reaches the services first.
  const child = spawn('redis-server', options, {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const failure = await ready(child, log);
  if (failure === 'absent') return undefined;
  if (failure) throw /in use/.test(failure) ? portError(port, 'Redis', 'EADDRINUSE') : new Error(failure);
  const watchdog = watchOver(child.pid as number, 'TERM');
  child.once('exit', () => watchdog.release());
  return { pid: () => child.pid as number, stop: () => terminate(child) };
}

function ready(child: ChildProcess, log: (line: string) => void): Promise<string | undefined> {
  return new Promise((done) => {
    let last = 'no message';
    child.once('error', (error: NodeJS.ErrnoException) =>
      done(error.code === 'ENOENT' ? 'absent' : `redis-server cannot be started: ${error.message}`),
    );
    child.once('close', () => done(`redis-server did not start: ${last}`));
    if (!child.stdout) return;
    createInterface(child.stdout).on('line', (line) => {
      log(line);
      last = line;
      if (/ready to accept connections/i.test(line)) done(undefined);
    });
  });
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
