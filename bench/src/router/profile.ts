import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { table } from '../tables.js';
import { load, type Run } from './measure.js';
import { ask } from './processes.js';
import { routers, type RouterName } from './routers.js';
import type { Scenario } from './scenarios.js';
import { startStage } from './stage.js';

/** As V8 writes it; times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Profile {
  readonly file: string;
  /** Answers while it was recorded. */
  readonly answers: number;
}

/** Records one router under the scenario's load, once it is warm. */
export async function recordProfile(name: RouterName, scenario: Scenario, run: Run): Promise<Profile> {
  const chosen = routers.filter((router) => router.name === name);
  const profiler = pathToFileURL(path.join(import.meta.dirname, 'profiler.mjs')).href;
  const stage = await startStage({ ...run, scenario, routers: chosen, nodeArgs: ['--import', profiler] });
  try {
    const [running] = stage.routers;
    const under = (seconds: number) => load({ stage, running: running!, scenario, run, seconds, every: 100 });
    await run.progress.step('warm-up', () => under(run.options.warmUpSeconds));
    const file = path.resolve(run.options.out ?? tmpdir(), `router-${name}-${scenario.name}.cpuprofile`);
    await ask(running!.process, { profile: 'start' });
    const { answers } = await run.progress.step('profile', () => under(run.options.seconds));
    await ask(running!.process, { profile: 'stop', file });
    return { file, answers };
  } finally {
    await stage.stop();
  }
}

const shown = 40;

/** The functions that took most time themselves, by share and by microseconds for one answer. */
export async function dearestFunctions({ file, answers }: Profile): Promise<string> {
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(file, 'utf8')) as CpuProfile;
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id)!;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]!);
  });
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const rows = [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, shown)
    .map(([name, time]) => [name, ((time / total) * 100).toFixed(1), (time / answers).toFixed(1)]);
  return table(['self time', '%', 'us an answer'], rows);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)';
  const where = url.replace(/^file:\/\//, '').replace(/^.*\/node_modules\//, '');
  return where === ''
    ? name
    : `${name} ${path.relative('.', where).replace(/^(\.\.\/)+/, '')}:${lineNumber + 1}`;
}
