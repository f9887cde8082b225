import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from './environments.js';
import { subgraphNames, type SubgraphName } from './settings.js';

export interface RunningProcess {
  /** `http://127.0.0.1:4001` */
  readonly url: string;
  readonly pid: number;
  /** SIGTERM, then waits until the process is gone; SIGKILL after 20 seconds. */
  stop(): Promise<void>;
}

export interface RunningProcesses {
  /** The router's. */
  readonly url: string;
  readonly pids: Readonly<Record<SubgraphName | 'router', number>>;
  stop(): Promise<void>;
}

interface Service {
  readonly name: string;
  readonly entry: string;
  readonly env: Environment;
  /** Ends the wait for it to be ready. */
  readonly giveUp?: AbortSignal;
  /** An existing folder for `<name>.log`; without it the log is lost. */
  readonly logDir?: string;
}

const root = path.resolve(import.meta.dirname, '../..');
// Seven of them start at once, on machines with two cores too.
const readyWithinMs = 180_000;
const goneWithinMs = 20_000;
const keptErrorOutput = 4_000;

// Our end of the child's standard input closes however we die, kill -9 included; the child then ends itself.
const endWithParent = `data:text/javascript,${encodeURIComponent(
  "process.stdin.on('close', () => process.exit(1)).on('error', () => {}).resume()",
)}`;

/**
 * The six subgraphs and the router, each as a process of its own. Resolves when all of them answer ready; rejects
 * with one line, nothing left running, when one of them does not.
 */
export async function startProcesses(
  environments: Readonly<Record<SubgraphName | 'router', Environment>>,
  options: Pick<Service, 'logDir'> = {},
): Promise<RunningProcesses> {
  // The router comes first so that it is the first to stop: what is in flight then still finds its subgraphs.
  const names = ['router', ...subgraphNames] as const;
  const failed = new AbortController();
  const starts = names.map((name) =>
    startProcess({
      name,
      entry: name === 'router' ? 'router/src/main.ts' : `subgraphs/${name}/src/main.ts`,
      env: environments[name],
      giveUp: failed.signal,
      ...options,
    }).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(starts);
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async () => {
    for (const process of running) await process.stop();
  };
  if (failed.signal.aborted) {
    await stop();
    throw failed.signal.reason;
  }
  const pids = Object.fromEntries(names.map((name, index) => [name, running[index]!.pid]));
  return { url: running[0]!.url, pids: pids as RunningProcesses['pids'], stop };
}

/**
 * One service as a process of its own, with exactly the environment it is given (HOST and PORT among it).
 * `entry` is relative to the repository. Resolves when its /health/ready answers 200.
 */
export async function startProcess(service: Service): Promise<RunningProcess> {
  const { name, entry, env, giveUp, logDir } = service;
  // Written by the child itself: logging must not wait for whoever started it.
  const log = logDir === undefined ? undefined : openSync(path.join(logDir, `${name}.log`), 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', '--import', endWithParent, entry], {
    cwd: root,
    env: { ...env },
    stdio: ['pipe', log ?? 'ignore', 'pipe'],
  });
  if (log !== undefined) closeSync(log);
  child.stdin!.on('error', () => {});
  const lastWords = keepLastWords(child.stderr!);
  const url = `http://${env['HOST']}:${env['PORT']}`;
  const gone = once(child, 'exit');
  try {
    await ready({ name, url, child, lastWords, giveUp });
  } catch (error) {
    await end(child, gone);
    throw error;
  }
  return { url, pid: child.pid!, stop: () => end(child, gone) };
}

async function ready(service: {
  name: string;
  url: string;
  child: ChildProcess;
  lastWords: () => string;
  giveUp: AbortSignal | undefined;
}): Promise<void> {
  const { name, url, child, lastWords, giveUp } = service;
  const deadline = Date.now() + readyWithinMs;
  while (!isGone(child)) {
    giveUp?.throwIfAborted();
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => null,
    );
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    if (Date.now() > deadline) {
      throw new Error(`${name} was not ready within ${readyWithinMs / 1_000} s. ${lastWords()}`.trim());
    }
    await delay(50);
  }
  throw new Error(`${name} ended before it was ready: ${lastWords() || `exit code ${child.exitCode}`}`);
}

const isGone = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (isGone(child)) return;
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), goneWithinMs);
  await gone;
  clearTimeout(hard);
}

function keepLastWords(output: Readable): () => string {
  let text = '';
  output.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-keptErrorOutput);
  });
  return () => text.trim();
}
