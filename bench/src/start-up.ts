import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { demoAccounts, findFreeRow, signIn, type Client } from '@diaspora/local';
import { journeys } from './journeys.js';
import { fire } from './load.js';
import type { Run } from './run.js';
import { memoryOf, type Memory } from './proc.js';

export interface StartUp {
  /** Seconds until `npm start` says that it is ready, with an empty data folder and with the folder it left. */
  readonly firstSeconds: number;
  readonly secondSeconds: number;
  readonly memoryWhenReady: Memory | undefined;
  readonly memoryAfterLoad: Memory | undefined;
  /** Answers that the load before the last look at memory got. */
  readonly answers: number;
}

const root = path.resolve(import.meta.dirname, '../..');
const readyWithinMs = 120_000;
const loadSeconds = 15;

interface Started {
  readonly seconds: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** What `npm start` costs: time until it is ready, twice, and memory before and after some load. */
export async function measureStartUp({ progress, signal }: Run): Promise<StartUp> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'diaspora-bench-'));
  let running: Started | undefined;
  try {
    const port = await findFreeRow();
    const settings = { PORT: String(port), DATA_DIR: dataDir };
    const start = async () => (running = await startMain(settings, signal));
    const first = await progress.step('first start', start);
    await first.stop();
    const second = await progress.step('second start', start);
    const memoryWhenReady = await memoryOf(second.pid);
    const url = `http://127.0.0.1:${port}`;
    const answers = await progress.step('load', () => readFor(url, signal));
    const memoryAfterLoad = await memoryOf(second.pid);
    const { seconds: firstSeconds } = first;
    return { firstSeconds, secondSeconds: second.seconds, memoryWhenReady, memoryAfterLoad, answers };
  } finally {
    await running?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startMain(settings: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Started> {
  signal.throwIfAborted();
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/src/main.ts'], {
    cwd: root,
    env: { ...process.env, ...settings, REDIS_URL: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(hard);
  };
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)));
  const ready = new Promise<number>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('Ready')) resolve((performance.now() - startedAt) / 1_000);
    });
  });
  const late = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  const failed = Promise.race([gone, once(late, 'abort')]).then(() => {
    throw new Error(
      `npm start did not get ready: ${said.trim() || `nothing for ${readyWithinMs / 1_000} s`}`,
    );
  });
  failed.catch(() => undefined);
  try {
    return { seconds: await Promise.race([ready, failed]), pid: child.pid!, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The reading journeys in turn, by the demo accounts over the demo data; the number of answers. */
async function readFor(url: string, signal: AbortSignal): Promise<number> {
  const people: Client[] = [];
  for (const account of demoAccounts) people.push(await signIn(url, account));
  const { events } = (await people[0]!.must('{ events(first: 20) { nodes { id } } }')) as {
    events: { nodes: { id: string }[] };
  };
  const clerk = people[demoAccounts.findIndex(({ displayName }) => displayName.startsWith('Mihai'))]!;
  const { organizations } = (await clerk.must('{ organizations(first: 1) { nodes { id } } }')) as {
    organizations: { nodes: { id: string }[] };
  };
  const clientele = { clerk, organizationId: organizations.nodes[0]!.id };
  const busyEventIds = events.nodes.map(({ id }) => id);
  const community = { people, busyEventIds, postIds: [], places: [], clientele };
  const rows = journeys.filter(({ writes }) => !writes).map((journey) => journey.start(community));
  let turn = 0;
  const next = () => rows[turn++ % rows.length]!();
  return (await fire({ url, next, connections: 16, seconds: loadSeconds, signal })).answers;
}
