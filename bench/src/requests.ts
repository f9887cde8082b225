import { setTimeout as delay } from 'node:timers/promises';
import { settle, type Community } from './community.js';
import { countWork, type Work } from './counters.js';
import { journeys, type Journey } from './journeys.js';
import { fire, isRight, median, type Load, type Sample, type Shot } from './load.js';
import type { Run } from './run.js';
import { startMachine, type Machine, type Target } from './machine.js';
import type { Options } from './options.js';
import { processorSeconds } from './proc.js';

/** Medians over the rounds. */
export interface Figures {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of processor time that each process spends on a request; undefined where nobody tells. */
  readonly processor: Readonly<Record<string, number>> | undefined;
}

export interface Measured {
  readonly journey: Journey;
  readonly work: Work;
  /** Size of its answer. */
  readonly bytes: number;
  readonly byConnections: readonly { connections: number; router: Figures; bareGateway: Figures }[];
}

type Taken = Sample & Pick<Figures, 'processor'>;

const warmUpSeconds = 3;
const warmUpConnections = 8;

/** Starts everything, settles a community, measures one journey after the other and removes everything again. */
export async function measureRequests(options: Options, run: Run): Promise<Measured[]> {
  const machine = await startMachine(run);
  const { progress, signal } = run;
  try {
    const { mailbox, router } = machine;
    const place = { url: router.url, mailbox, signal };
    const community = await progress.step('a community', () => settle(place, options.people));
    const wanted = journeys.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
    const measured: Measured[] = [];
    for (const journey of wanted) {
      await renewTokens(community);
      const given = { journey, machine, community, options, signal };
      measured.push(await progress.step(journey.name, () => named(journey.name, measure(given))));
    }
    return measured;
  } finally {
    await machine.stop();
  }
}

interface Given {
  readonly journey: Journey;
  readonly machine: Machine;
  readonly community: Community;
  readonly options: Options;
  readonly signal: AbortSignal;
}

async function measure({ journey, machine, community, options, signal }: Given): Promise<Measured> {
  const { router, bareGateway, pids } = machine;
  const next = journey.start(community);
  if (!journey.writes) await compareAnswers(machine, next());
  for (const { url } of [router, bareGateway]) {
    await fire({ url, next, connections: warmUpConnections, seconds: warmUpSeconds, signal });
  }
  let bytes = 0;
  const work = await countWork(machine, async () => {
    bytes = 0;
    for (let turn = 0; turn < journey.kinds; turn++) bytes += (await ask(router, next())).length;
  });
  const byConnections: Measured['byConnections'][number][] = [];
  for (const connections of options.connections) {
    const shots = { next, connections, seconds: options.seconds, signal };
    const samples = { router: [] as Taken[], bareGateway: [] as Taken[] };
    for (let round = 0; round < options.rounds; round++) {
      samples.router.push(await sample(router, pids, shots));
      samples.bareGateway.push(await sample(bareGateway, pids, shots));
    }
    byConnections.push({
      connections,
      router: figuresOf(samples.router),
      bareGateway: figuresOf(samples.bareGateway),
    });
  }
  return { journey, work, bytes, byConnections };
}

async function sample(
  { name, url }: Target,
  pids: Machine['pids'],
  shots: Omit<Load, 'url'>,
): Promise<Taken> {
  // What the sample before left half done is over by then.
  await delay(300);
  const before = await processorSeconds(pids);
  const taken = await named(
    `through the ${name} at ${shots.connections} connections`,
    fire({ url, ...shots }),
  );
  const after = await processorSeconds(pids);
  const processor =
    before && after && mapValues(after, (seconds, key) => ((seconds - before[key]!) * 1_000) / taken.answers);
  return { ...taken, processor };
}

const mapValues = <T>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => number) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));

/** Says in a failure what failed. */
const named = <T>(what: string, work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });

function figuresOf(samples: readonly Taken[]): Figures {
  const processor = samples.map((one) => one.processor).filter((one) => one !== undefined);
  return {
    rate: median(samples.map(({ rate }) => rate)),
    p50: median(samples.map(({ p50 }) => p50)),
    p99: median(samples.map(({ p99 }) => p99)),
    processor: processor[0] && mapValues(processor[0], (_, key) => median(processor.map((one) => one[key]!))),
  };
}

async function ask({ name, url }: Target, { token, body }: Shot): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const text = await response.text();
  if (isRight(response.status, text)) return text;
  throw new Error(`The ${name} answered ${response.status} ${text.slice(0, 600)}`);
}

/** A comparison of speed says something only between those who give the same answer. */
async function compareAnswers({ router, bareGateway }: Machine, shot: Shot): Promise<void> {
  // Addresses of files are signed for a moment and so are new each time.
  const plain = (text: string) => text.trim().replaceAll(/"url":"[^"]*"/g, '"url":"..."');
  const [ours, theirs] = [plain(await ask(router, shot)), plain(await ask(bareGateway, shot))];
  if (ours === theirs) return;
  const place = [...ours].findIndex((character, index) => character !== theirs[index]);
  const around = (text: string) => text.slice(Math.max(0, place - 60), place + 60);
  throw new Error(
    `The answers differ: ...${around(ours)}... of the router, ...${around(theirs)}... of the other.`,
  );
}

async function renewTokens({ people }: Community): Promise<void> {
  for (const client of people) await client.refresh();
}
