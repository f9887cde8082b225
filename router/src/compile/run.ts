import type { GraphQLFormattedError } from 'graphql';
import type { ExecutableParts, ExecutionRequest, ExecutionResult } from '../execution/executable.js';
import type { SendRequest, SubgraphAnswer } from '../subgraphs/answer.js';
import { keepAnswer, recordAnswers } from './answers.js';
import type { Program } from './program.js';
import { createBodyWriter, type BodyScope } from './request-body.js';
import type { GraphRequest } from './request-graph.js';
import type { Typenames } from './typenames.js';

/** One run of a compiled operation: what generated code reads and writes. Arrays are by the id of the fetch. */
export interface RunState {
  /** Of a root fetch its data, of an entity fetch the list of entities. */
  readonly values: unknown[];
  /** Of an entity fetch: for each object at its path, in order, the index in the list of entities, or -1. */
  readonly slots: (readonly number[])[];
  /** Whether all answers so far are ASCII without a backslash. */
  isPlain: boolean;
  cost: number;
}

/** What was sent and answered; arrays are by the id of the request, `texts` by the id of the entity part. */
export interface Exchange {
  readonly answers: SubgraphAnswer[];
  readonly texts: (readonly string[])[];
}

export interface RunOptions {
  readonly parts: ExecutableParts;
  readonly requests: readonly GraphRequest[];
  /** Made when it is first asked for. */
  readonly program: (isPlain: boolean) => Program;
  /** The requests ask for less than the plan that is interpreted. */
  readonly typenames: Typenames;
  /** Of what the viewer may not have. */
  readonly errors: readonly GraphQLFormattedError[];
}

/**
 * Runs a compiled operation: sends each request as soon as all it waits for is answered, then writes the response.
 * Whatever generated code does not expect ends in the interpreter, which gets all answers.
 */
export function createRun(options: RunOptions): (request: ExecutionRequest) => Promise<ExecutionResult> {
  const { parts, requests, program, typenames, errors } = options;
  const { collectors } = program(true);
  const steps = requests.map((request) => ({
    request,
    send: parts.subgraphs(request.subgraph),
    writeBody: createBodyWriter(request),
    followers: requests.filter(({ waitsFor }) => waitsFor.includes(request.id)).map(({ id }) => id),
  }));
  return async (request) => {
    const state: RunState = { values: [], slots: [], isPlain: true, cost: 0 };
    const exchange: Exchange = { answers: [], texts: [] };
    const giveUp = (error: unknown) => request.context.log.debug({ err: error }, 'generated code gave up');
    const isSound = await exchangeAll(steps, { request, collectors, state, exchange, giveUp });
    const data = isSound ? attempt(() => program(state.isPlain).write(state), giveUp) : undefined;
    if (data === undefined) return parts.interpret(request, recordAnswers(requests, exchange, typenames));
    return { data, isAscii: state.isPlain, errors, ...(parts.weights && { cost: state.cost }) };
  };
}

interface Step {
  readonly request: GraphRequest;
  readonly send: SendRequest;
  readonly writeBody: (scope: BodyScope) => string;
  /** Ids of the requests that wait for this one. */
  readonly followers: readonly number[];
}

interface Scope extends BodyScope {
  readonly giveUp: (error: unknown) => void;
}

/** Resolves when nothing is under way any more: true when all was answered, and without errors. */
function exchangeAll(steps: readonly Step[], scope: Scope): Promise<boolean> {
  const { request, state, exchange } = scope;
  const waiting = steps.map((step) => step.request.waitsFor.length);
  let unanswered = steps.length;
  let underWay = 0;
  let isSound = true;
  /** The objects to ask about could not be found: what is under way is awaited, the rest is the interpreter's. */
  let isLost = false;
  return new Promise((resolve) => {
    for (const step of steps) if (step.request.waitsFor.length === 0) begin(step);
    if (unanswered === 0) resolve(isSound);

    function begin(step: Step): void {
      if (isLost) return;
      if (step.request.kind === 'subscription') return settle(step, eventOf(request));
      const body = attempt(() => step.writeBody(scope), scope.giveUp);
      if (body === '') return settle(step, nothingAsked);
      if (body === undefined) isLost = true;
      else send(step, body, step.request.kind);
      if (isLost && underWay === 0) resolve(false);
    }

    function send(step: Step, body: string, kind: 'query' | 'mutation'): void {
      underWay++;
      void step.send({ body, kind, fetches: step.request.fetches }, request.context).then((answer) => {
        underWay--;
        settle(step, answer);
      });
    }

    function settle(step: Step, answer: SubgraphAnswer): void {
      exchange.answers[step.request.id] = answer;
      if (!keepAnswer(step.request, answer, state, exchange)) isSound = false;
      unanswered--;
      if (unanswered === 0) return resolve(isSound);
      for (const id of step.followers) {
        waiting[id] = (waiting[id] ?? 0) - 1;
        const follower = steps[id];
        if (waiting[id] === 0 && follower) begin(follower);
      }
      if (isLost && underWay === 0) resolve(false);
    }
  });
}

const nothingAsked: SubgraphAnswer = { data: {}, isPlain: true };

const eventOf = ({ event }: ExecutionRequest): SubgraphAnswer => ({
  data: event?.data ?? null,
  isPlain: false,
  ...(event?.errors && { errors: event.errors }),
});

/** Generated code fails by throwing, whatever it meets. */
function attempt<Result>(run: () => Result, giveUp: (error: unknown) => void): Result | undefined {
  try {
    return run();
  } catch (error) {
    giveUp(error);
    return undefined;
  }
}
