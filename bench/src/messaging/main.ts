/**
 * Messages in real time: the time from sending to receipt and the memory of a subscriber, in one and in two processes of
 * messaging. The sender and the subscribers are processes of their own.
 *
 * `npm run bench:messaging -- [subscribers] [in a conversation] [messages a second] [seconds]`
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setStage } from './stage.js';

const [people = 1_000, size = 100, perSecond = 20, seconds = 10] = process.argv.slice(2).map(Number);
const print = (line: string) => void process.stdout.write(`${line}\n`);

const start = (name: string) =>
  fork(path.join(import.meta.dirname, `${name}.ts`), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });

async function ask<Answer>(child: ChildProcess, task: object): Promise<Answer> {
  const answer = once(child, 'message');
  child.send(task);
  return ((await answer) as [Answer])[0];
}

/** Resident bytes of these processes. */
async function memoryOf(pids: readonly number[]): Promise<number> {
  const each = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  });
  return (await Promise.all(each)).reduce((sum, bytes) => sum + bytes, 0);
}

async function measure(processes: number): Promise<void> {
  const { stop, pids, ...stage } = await setStage({ processes, people, size });
  const [subscribers, publisher] = [start('subscribers'), start('publisher')];
  try {
    // A first message makes the processes compile and connect before memory is read.
    await ask(publisher, { ...stage, perSecond: 20, seconds: 1 });
    const before = await memoryOf(pids);
    await ask(subscribers, { subscribe: stage });
    const connected = await memoryOf(pids);
    const load = loadavg()[0]!;
    const sent = await ask<number>(publisher, { ...stage, perSecond, seconds });
    const expected = Array.from(
      { length: sent },
      (_, index) => stage.groups[index % stage.groups.length]!.people.length,
    );
    const due = expected.reduce((sum, count) => sum + count, 0);
    const took = (await ask<number[]>(subscribers, { report: due })).sort((one, other) => one - other);
    const after = await memoryOf(pids);
    const quantile = (share: number) => (took[Math.floor(took.length * share)] ?? NaN).toFixed(0);
    const kilobytes = (bytes: number) => ((bytes - before) / people / 1_000).toFixed(1);
    const received = `${took.length} of ${due}`;
    print(
      `| ${processes} | ${people} | ${size} | ${perSecond} | ${sent} of ${perSecond * seconds} | ${received} | ` +
        `${quantile(0.5)} | ${quantile(0.99)} | ${kilobytes(connected)} | ${kilobytes(after)} | ${load.toFixed(1)} |`,
    );
  } finally {
    subscribers.kill();
    publisher.kill();
    await stop();
  }
}

print(
  '| processes | subscribers | in a conversation | messages a second | sent | received | p50 ms | p99 ms | kB each | kB each, after | load before |',
);
print(`|${' --- |'.repeat(11)}`);
for (const processes of [1, 2]) await measure(processes);
process.exit(0);
