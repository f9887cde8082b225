import type { Logger } from '@diaspora/kit/core';
import { RequestRefused } from '../../access/refused.js';
import { RequestFault } from '../../operations/request-fault.js';
import type { SupergraphFacts } from '../../supergraph/facts.js';
import type { MakePlan } from '../../execution/engine.js';
import type { Plan } from '../plan.js';
import { isOverLimit } from '../planner-limits.js';
import type { PlanningJob } from './messages.js';
import { ProcessEnded, startProcess, type PlanningProcess } from './process.js';
import type { PlanningSettings } from './settings.js';

/** Plans operations of one supergraph in processes of their own. */
export interface Planning {
  readonly facts: SupergraphFacts;
  /**
   * Rejects with RequestFault OPERATION_TOO_COMPLEX when planning takes too long or too much memory, with
   * RequestRefused (503) when too many operations wait to be planned, and with what the planner throws.
   */
  readonly plan: MakePlan;
  /** Ends its processes; what waits is refused. */
  stop(): Promise<void>;
}

export interface PlanningOptions {
  readonly sdl: string;
  readonly settings: PlanningSettings;
  readonly log: Logger;
  /** Of a process without work, until it ends: it costs some 130 MB while it runs, and starts again within a second. */
  readonly idleMs?: number;
}

interface Waiting extends PlanningJob {
  /** When its waiting began to count. */
  since: number;
  readonly resolve: (plan: Plan) => void;
  readonly reject: (error: unknown) => void;
}

interface Place {
  readonly process: PlanningProcess;
  /** When its present work began. */
  busySince: number | undefined;
  isReading: boolean;
  idle?: NodeJS.Timeout;
}

const mostWaiting = 500;
/** Reading a supergraph takes a second, or a few on a busy machine. */
const readMs = 60_000;
/** How long an operation may hold up others before they are planned in another process. */
const patienceMs = 100;

/** Rejects with one line when the supergraph cannot be used. */
export async function startPlanning({
  sdl,
  settings,
  log,
  idleMs = 15_000,
}: PlanningOptions): Promise<Planning> {
  const { PLAN_TIMEOUT_MS: timeoutMs, PLAN_MEMORY_MB: memoryMb, PLAN_PROCESSES: mostProcesses } = settings;
  const places = new Set<Place>();
  const queue: Waiting[] = [];
  let helper: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function open(): Promise<SupergraphFacts> {
    const began = performance.now();
    const place: Place = { process: startProcess(memoryMb), busySince: began, isReading: true };
    places.add(place);
    try {
      const answer = await within(readMs, place, place.process.ask({ ask: 'read', sdl }));
      if (!('facts' in answer)) throw new Error('The planning process did not read the supergraph.');
      place.isReading = false;
      if (places.size === 1) pardon(began);
      release(place);
      return answer.facts;
    } catch (error) {
      close(place);
      throw error;
    }
  }

  /** While nothing could be planned nobody waited because of others: that is not counted. */
  function pardon(from: number): void {
    const now = performance.now();
    for (const each of queue) each.since += now - Math.max(each.since, from);
  }

  /** The process is ended when it takes longer. */
  async function within<Answer>(ms: number, { process }: Place, answer: Promise<Answer>): Promise<Answer> {
    const timer = setTimeout(() => void process.stop(), ms);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  function close(place: Place): void {
    clearTimeout(place.idle);
    places.delete(place);
    void place.process.stop();
  }

  function release(place: Place): void {
    place.busySince = undefined;
    place.idle = setTimeout(() => close(place), idleMs).unref();
    distribute();
  }

  function distribute(): void {
    for (const place of places) {
      const next = place.busySince === undefined ? takeNext() : undefined;
      if (next) void work(place, next);
    }
    if (queue.length > 0 && !isStopped) engage();
  }

  /** Whoever waited twice as long as planning may take has waited long enough. */
  function takeNext(): Waiting | undefined {
    const now = performance.now();
    while (queue.length > 0) {
      const next = queue.shift()!;
      if (now - next.since <= 2 * timeoutMs) return next;
      next.reject(busy());
    }
    return undefined;
  }

  async function work(place: Place, { document, kind, resolve, reject }: Waiting): Promise<void> {
    clearTimeout(place.idle);
    place.busySince = performance.now();
    try {
      const answer = await within(timeoutMs, place, place.process.ask({ ask: 'plan', document, kind }));
      if (!('plan' in answer)) throw new Error('The planning process made no plan.');
      resolve(answer.plan);
      release(place);
    } catch (error) {
      const hasEnded = error instanceof ProcessEnded;
      reject(isStopped ? busy() : hasEnded || isOverLimit(error) ? tooComplex() : error);
      if (!hasEnded) return release(place);
      if (isStopped) return;
      log.warn({ reason: error.message }, 'an operation is too complex to be planned');
      close(place);
      distribute();
    }
  }

  /** One process for those that wait, and another when that one is held up. */
  function engage(): void {
    if (places.size >= mostProcesses || [...places].some(({ isReading }) => isReading)) return;
    const now = performance.now();
    const longest = Math.min(...[...places].map(({ busySince = now }) => now - busySince));
    if (longest >= patienceMs) return void open().catch(refuseAll);
    clearTimeout(helper);
    helper = setTimeout(distribute, patienceMs - longest).unref();
  }

  function refuseAll(error: unknown): void {
    if (!isStopped) log.error({ err: error }, 'no planning process can be started');
    if (places.size === 0) for (const { reject } of queue.splice(0)) reject(busy());
  }

  const facts = await open();
  return {
    facts,
    plan: (document, kind) =>
      new Promise((resolve, reject) => {
        if (isStopped || queue.length >= mostWaiting) return reject(busy());
        queue.push({ document, kind, since: performance.now(), resolve, reject });
        distribute();
      }),
    stop: async () => {
      isStopped = true;
      clearTimeout(helper);
      for (const { reject } of queue.splice(0)) reject(busy());
      const all = [...places];
      for (const place of all) close(place);
      await Promise.all(all.map(({ process }) => process.stop()));
    },
  };
}

const tooComplex = () =>
  RequestFault.of('OPERATION_TOO_COMPLEX', 'The operation is too complex to be planned.');

const busy = () =>
  new RequestRefused({
    status: 503,
    code: 'UNAVAILABLE',
    message: 'Too many new operations are waiting to be planned. Try again shortly.',
    headers: { 'retry-after': '1' },
  });
