import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

type Log = (line: string) => void;

/** Notes which process serves `dataDir`, so that a second one can tell a living owner from a dead one. */
export async function noteOwner(dataDir: string): Promise<void> {
  await writeFile(join(dataDir, 'owner.pid'), String(process.pid));
}

/**
 * Ends a PostgreSQL that outlived the process that started it (kill -9) and still serves `folder`.
 * Its parent tells: as long as the owner lives PostgreSQL is its child, afterwards another process's.
 */
export async function endLeftover(dataDir: string, folder: string, log: Log): Promise<void> {
  const lock = join(folder, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid || !isAlive(pid)) return; // PostgreSQL clears the lock of a dead process itself.
  const found = await inspect(pid);
  if (!found || !(await serves(found, pid, folder))) {
    await rm(lock, { force: true }); // The number now belongs to an unrelated process.
    return;
  }
  const owner = Number(await readFile(join(dataDir, 'owner.pid'), 'utf8').catch(() => ''));
  if (owner && owner === found.parent && owner !== process.pid) {
    throw new Error(`The data in ${dataDir} are in use by process ${owner}: stop it first.`);
  }
  if (owner === process.pid && found.parent === owner)
    throw new Error(`The data in ${dataDir} are served already.`);
  log(`Stopping a PostgreSQL left over from an earlier run (process ${pid}).`);
  await end(pid);
}

async function end(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    kill(pid, signal);
    for (let waited = 0; waited < patience; waited += 50) {
      if (!isAlive(pid)) return;
      await delay(50);
    }
  }
  throw new Error(`The PostgreSQL left over from an earlier run (process ${pid}) does not stop.`);
}

type Found = { parent: number; command: string };

async function inspect(pid: number): Promise<Found | undefined> {
  if (existsSync(`/proc/${pid}/stat`)) {
    // "pid (name) state parent ...": the name may hold spaces and brackets.
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    return { parent, command };
  }
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
  return parent && command ? { parent: Number(parent), command } : undefined;
}

async function serves(found: Found, pid: number, folder: string): Promise<boolean> {
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (!/\bpostgres(\.exe)?\b/.test(found.command)) return false;
  return workingFolder === folder || found.command.includes(folder);
}

/** A process that ended but that nobody waited for (a container whose first process is no init) counts as dead. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return platform() !== 'linux';
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between.
  }
}
