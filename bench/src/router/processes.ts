import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Which cores the router under test has, and which the load generator and the subgraphs share; as taskset has them. */
export interface Cores {
  readonly router: string | undefined;
  readonly others: string | undefined;
}

/**
 * Of the cores this process may use the first for the router and the others for the rest; undefined where there is but
 * one, or where processes cannot be bound to cores.
 */
export function chooseCores(): Cores {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const [first, ...others] = coresOf(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)![1]!);
    execFileSync('taskset', ['-p', String(process.pid)], { stdio: 'ignore' });
    if (others.length > 0) return { router: String(first), others: others.join(',') };
  } catch {
    // Not Linux, or no taskset.
  }
  return { router: undefined, others: undefined };
}

/** `0-2,5` is 0, 1, 2 and 5. */
export const coresOf = (list: string): number[] =>
  list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });

/** Binds this very process, all its threads. */
export function bindSelf(cores: string | undefined): void {
  if (cores) execFileSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)], { stdio: 'ignore' });
}

export interface Started {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves, with the last of what it wrote to standard error, when it has ended by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

interface Command {
  /** Of node. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cores: string | undefined;
}

// The child's standard input closes however we end, kill -9 included; the child then ends itself.
const endWithParent = `data:text/javascript,${encodeURIComponent(
  "process.stdin.on('close', () => process.exit(1)).on('error', () => {}).resume()",
)}`;
const keptErrorOutput = 2_000;
const goneWithinMs = 5_000;

/** A Node process with a channel to it, bound to cores. */
export function start({ args, cwd, env = {}, cores }: Command): Started {
  const node = [process.execPath, '--import', endWithParent, ...args];
  const [file, ...rest] = cores ? ['taskset', '-c', cores, ...node] : node;
  const child = spawn(file!, rest, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
  });
  child.stdin!.on('error', () => {});
  let words = '';
  child.stderr!.on('data', (bytes) => (words = (words + String(bytes)).slice(-keptErrorOutput)));
  const gone = once(child, 'exit');
  return {
    pid: child.pid!,
    child,
    ended: gone.then(() => words.trim()),
    stop: async () => {
      const kill = setTimeout(() => child.kill('SIGKILL'), goneWithinMs);
      child.kill('SIGTERM');
      await gone;
      clearTimeout(kill);
    },
  };
}

/** Sends a message and waits for the next one back; rejects when the process ends instead. */
export async function ask<Answer>({ child, ended }: Started, message: object): Promise<Answer> {
  const answer = next<Answer>({ child, ended });
  child.send(message);
  return answer;
}

/** The next message of a process; rejects when the process ends instead. */
export async function next<Answer>({ child, ended }: Pick<Started, 'child' | 'ended'>): Promise<Answer> {
  const failed = ended.then((words) => Promise.reject(new Error(`A process ended: ${words}`)));
  const [answer] = (await Promise.race([once(child, 'message'), failed])) as [Answer];
  return answer;
}
