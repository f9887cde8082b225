import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from '@diaspora/local/progress';
import { median } from '../load.js';
import { processorSeconds } from '../proc.js';
import { createByteCheck, createChangingCheck } from './check.js';
import { fire, type Sample } from './load.js';
import { forgetPeak, peakMemory } from './peak-memory.js';
import type { Options } from './options.js';
import type { Cores } from './processes.js';
import { routers, type RouterName } from './routers.js';
import { visitorName, type Scenario } from './scenarios.js';
import { requestBody, startStage, type RunningRouter, type Stage } from './stage.js';

/** Medians of the samples of one router. */
export interface Figures {
  readonly name: RouterName;
  readonly title: string;
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes, see peakMemory. */
  readonly memory: number | undefined;
  /** Requests to subgraphs for one request. */
  readonly fetches: number;
  /** Milliseconds of processor time that one answer cost the router: what other work on the machine moves least. */
  readonly processor: number | undefined;
  /** Share of one core that the router used, and the subgraphs with the load generator. */
  readonly routerCore: number | undefined;
  readonly othersCore: number | undefined;
}

export interface Run {
  readonly options: Options;
  readonly cores: Cores;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

// While data changes: parsing every answer would cost the load generator more than all else together.
const parsedAnswer = { inWarmUp: 10, inSample: 100 };

/** Measures all routers in one scenario, taking turns. Rejects on the first wrong answer. */
export async function measureScenario(scenario: Scenario, run: Run): Promise<Figures[]> {
  const { options, progress, signal } = run;
  const chosen = routers.filter(({ name }) => options.routers.includes(name));
  const stage = await startStage({ ...run, scenario, routers: chosen });
  try {
    for (const running of stage.routers) {
      const seconds = options.warmUpSeconds;
      const work = () => load({ stage, running, scenario, run, seconds, every: parsedAnswer.inWarmUp });
      await progress.step(`warm-up: ${running.router.name}`, work);
    }
    const samples = new Map<RunningRouter, Omit<Figures, 'name' | 'title'>[]>();
    for (let round = 1; round <= options.rounds; round++) {
      for (const running of stage.routers) {
        signal.throwIfAborted();
        const taken = await progress.step(`round ${round}: ${running.router.name}`, () =>
          takeSample(stage, running, scenario, run),
        );
        samples.set(running, [...(samples.get(running) ?? []), taken]);
      }
    }
    return [...samples].map(([{ router }, taken]) => ({
      ...{ name: router.name, title: router.title },
      ...mediansOf(taken),
    }));
  } finally {
    await stage.stop();
  }
}

interface Loading {
  readonly stage: Stage;
  readonly running: RunningRouter;
  readonly scenario: Scenario;
  readonly run: Pick<Run, 'options' | 'signal'>;
  readonly seconds: number;
  /** While data changes: of so many answers one is compared with the reference. */
  readonly every: number;
}

export async function load({ stage, running, scenario, run, seconds, every }: Loading): Promise<Sample> {
  let turn = 0;
  const { visitors } = scenario;
  const visitor = visitors > 0 ? visitorName(0) : undefined;
  const sample = await fire({
    port: running.port,
    connections: run.options.connections,
    seconds,
    body: requestBody,
    nextVisitor: () => (visitors > 0 ? visitorName(turn++ % visitors) : undefined),
    createCheck: () =>
      scenario.isChanging
        ? createChangingCheck(stage.reference, every)
        : createByteCheck(running.expected, visitor),
    signal: run.signal,
  }).catch((error: Error) => {
    throw new Error(`${running.router.title}: ${error.message}`);
  });
  if (sample.answers > 0) return sample;
  throw new Error(`${running.router.title} gave no answer within ${seconds} s.`);
}

const restMs = 300;

async function takeSample(stage: Stage, running: RunningRouter, scenario: Scenario, run: Run) {
  // What the one before has left to do, garbage above all, is not this one's.
  await delay(restMs, undefined, { signal: run.signal });
  const { pid } = running.process;
  const pids = { router: pid, subgraphs: stage.subgraphs.pid };
  await forgetPeak(pid);
  const answeredBefore = await stage.answered();
  const before = await processorSeconds(pids);
  const startedAt = performance.now();
  const { seconds } = run.options;
  const sample = await load({ stage, running, scenario, run, seconds, every: parsedAnswer.inSample });
  const elapsed = (performance.now() - startedAt) / 1_000;
  const after = await processorSeconds(pids);
  const share = (...names: string[]) =>
    before && after && names.reduce((sum, name) => sum + (after[name]! - before[name]!) / elapsed, 0);
  const routerCore = share('router');
  return {
    ...sample,
    memory: await peakMemory(pid),
    fetches: ((await stage.answered()) - answeredBefore) / sample.answers,
    processor: routerCore && (routerCore * elapsed * 1_000) / sample.answers,
    routerCore,
    othersCore: share('subgraphs', 'load'),
  };
}

type Taken = Omit<Figures, 'name' | 'title'>;

function mediansOf(taken: readonly Taken[]): Taken {
  const middle = (key: keyof Taken) => {
    const values = taken.flatMap((one) => one[key] ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  return {
    ...{ rate: middle('rate')!, p50: middle('p50')!, p99: middle('p99')!, fetches: middle('fetches')! },
    ...{
      memory: middle('memory'),
      processor: middle('processor'),
      routerCore: middle('routerCore'),
      othersCore: middle('othersCore'),
    },
  };
}
