import { isDeepStrictEqual } from 'node:util';
import type { Compile } from '../../execution/executable.js';
import { differences } from './compare.js';
import { createContestants, type Contestants } from './contestants.js';
import { generateFieldFaults, generateOutage } from './generate/faults.js';
import { minimise } from './generate/minimise.js';
import { generateOperation } from './generate/operation.js';
import type { ComposedSupergraph, Faults } from './nasty.js';
import { createGateway, createMonolith, type Oracle } from './oracles.js';
import type { TestAnswer, TestRequest } from './request.js';

/** A generated operation that was answered wrongly, as small as it could be made. */
export interface Finding {
  readonly supergraph: string;
  readonly seed: number;
  readonly fault: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Trial {
  readonly findings: readonly Finding[];
  readonly compiled: number;
  /** How often the compiler gave which reason. */
  readonly declined: ReadonlyMap<string, number>;
  /** Operations that ApolloGateway answered otherwise than the truth. */
  readonly gatewayWasWrong: number;
}

export interface TrialOptions {
  readonly composed: ComposedSupergraph;
  readonly compile: Compile;
  readonly seeds: readonly number[];
  /** Whether to ask ApolloGateway too: it takes the most time. */
  readonly withGateway?: boolean;
}

interface Court extends TrialOptions {
  readonly contestants: Contestants;
  readonly monolith: Oracle;
}

/** Runs generated operations: well, with failing fields, and with subgraphs that are down. */
export async function tryOperations(options: TrialOptions): Promise<Trial> {
  const { composed, compile, seeds } = options;
  const court: Court = {
    ...options,
    contestants: createContestants(composed, compile),
    monolith: createMonolith(composed),
  };
  const gateway = options.withGateway ? await createGateway(composed) : undefined;
  const findings: Finding[] = [];
  const declined = new Map<string, number>();
  let compiled = 0;
  let gatewayWasWrong = 0;
  for (const seed of seeds) {
    const kind = seed % 7 === 3 && composed.api.getMutationType() ? 'mutation' : 'query';
    const request = generateOperation({ schema: composed.api, seed, kind });
    const fault = await faultOf(request, seed, court);
    if (fault !== undefined) {
      const isSameFault = async (smaller: TestRequest) => {
        const other = await faultOf(smaller, seed, court);
        return other?.slice(0, 20) === fault.slice(0, 20);
      };
      const smallest = await minimise(composed.api, request, isSameFault);
      findings.push({
        supergraph: composed.name,
        seed,
        fault: (await faultOf(smallest, seed, court)) ?? fault,
        document: smallest.text,
        variables: smallest.given,
      });
      continue;
    }
    const reason = court.contestants.prepare(request).declined;
    if (reason === undefined) compiled += 1;
    else declined.set(reason, (declined.get(reason) ?? 0) + 1);
    if (gateway && !(await isRight(gateway, request, court))) gatewayWasWrong += 1;
  }
  await gateway?.stop();
  return { findings, compiled, declined, gatewayWasWrong };
}

/** What is wrong with the answers to an operation, if anything is. */
async function faultOf(request: TestRequest, seed: number, court: Court): Promise<string | undefined> {
  const { composed, contestants, monolith } = court;
  try {
    const prepared = contestants.prepare(request);
    for (const [weather, faults] of [
      ['fair', []],
      ['failing fields', [generateFieldFaults(composed, seed)]],
    ] satisfies [string, Faults[]][]) {
      const truth = await monolith.answer(request, faults);
      const wrong = describe(await prepared.interpret(faults), truth);
      if (wrong) return `interpreter, ${weather}: ${wrong}`;
      const answer = await prepared.compiled?.(faults);
      const other = answer && (describe(answer, truth) ?? sentTwice(answer));
      if (other) return `compiler, ${weather}: ${other}`;
    }
    const outage = [generateOutage(composed, seed)];
    const compiled = await prepared.compiled?.(outage);
    const other = compiled && (describe(compiled, await prepared.interpret(outage)) ?? sentTwice(compiled));
    return other && `compiler and interpreter differ, outage: ${other}`;
  } catch (error) {
    return `failed: ${error instanceof Error ? error.stack : String(error)}`;
  }
}

const describe = (answer: TestAnswer, truth: TestAnswer): string | undefined => {
  const found = differences(answer, truth);
  if (found.length === 0) return undefined;
  return [
    found.join(', '),
    `answer ${answer.text.slice(0, 1000)} ${JSON.stringify(answer.errors.slice(0, 3))}`,
    `truth ${truth.text.slice(0, 1000)} ${JSON.stringify(truth.errors.slice(0, 3))}`,
    ...answer.sent.map((sent) => sent.slice(0, 400)),
  ].join('\n');
};

/** What has been fetched once must not be fetched again, whoever takes over. */
const sentTwice = ({ sent }: TestAnswer): string | undefined =>
  new Set(sent).size < sent.length ? `sent twice: ${sent.join('\n')}` : undefined;

async function isRight(gateway: Oracle, request: TestRequest, { monolith }: Court): Promise<boolean> {
  try {
    const answer = await gateway.answer(request);
    const truth = await monolith.answer(request);
    return isDeepStrictEqual(answer.data, truth.data);
  } catch {
    return false;
  }
}
