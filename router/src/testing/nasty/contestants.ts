import { createLogger } from '@diaspora/kit/core';
import { print } from 'graphql';
import { createContext } from '../../context.js';
import { createParts } from '../../execution/create-parts.js';
import type {
  Compile,
  ExecutableParts,
  ExecutionRequest,
  ExecutionResult,
} from '../../execution/executable.js';
import { readSupergraph } from '../../supergraph/supergraph.js';
import type { ComposedSupergraph, Faults } from './nasty.js';
import type { TestAnswer, TestRequest } from './request.js';
import { createRun, createSubgraphs, type RecordedRun } from './subgraphs.js';

/** One operation, planned, ready for both executors. */
export interface Prepared {
  readonly parts: ExecutableParts;
  interpret(faults?: readonly Faults[]): Promise<TestAnswer>;
  /** Undefined when the compiler declined. */
  readonly compiled: ((faults?: readonly Faults[]) => Promise<TestAnswer>) | undefined;
  readonly declined: string | undefined;
}

export interface Contestants {
  /** Throws when the planner does. */
  prepare(request: TestRequest): Prepared;
}

const log = createLogger({ name: 'test', level: 'silent' });

/** The interpreter and the compiler over one nasty supergraph. */
export function createContestants(composed: ComposedSupergraph, compile?: Compile): Contestants {
  const supergraph = readSupergraph(composed.sdl);
  const subgraphs = createSubgraphs(composed);

  /** The first event of a subscription. */
  async function eventOf({ plan }: ExecutableParts, variables: TestRequest['variables'], run: RecordedRun) {
    const [first] = plan.fetches;
    if (plan.kind !== 'subscription' || !first) return undefined;
    return subgraphs.answer(first.subgraph, JSON.stringify({ query: print(first.document), variables }), run);
  }

  return {
    prepare: ({ definition, fragments, variables }) => {
      const conditionValues = variables;
      const parts = createParts({
        supergraph,
        subgraphs: subgraphs.send,
        definition,
        fragments,
        conditionValues,
      });
      const made = compile?.(parts) ?? { declined: 'there is no compiler' };
      const run = async (
        execute: (request: ExecutionRequest) => Promise<ExecutionResult>,
        faults: readonly Faults[],
      ): Promise<TestAnswer> => {
        const context = createContext({ log });
        const running = createRun(faults);
        subgraphs.begin(context, running);
        const event = await eventOf(parts, variables, running);
        const { data, isAscii, errors } = await execute({ variables, context, ...(event && { event }) });
        // eslint-disable-next-line no-control-regex
        if (isAscii && !/^[\x00-\x7f]*$/.test(data))
          throw new Error('The answer claims to be ASCII and is not.');
        return { data: JSON.parse(data) as unknown, text: data, errors, sent: running.sent };
      };
      return {
        parts,
        interpret: (faults = []) => run((request) => parts.interpret(request, new Map()), faults),
        compiled: 'execute' in made ? (faults = []) => run(made.execute, faults) : undefined,
        declined: 'declined' in made ? made.declined : undefined,
      };
    },
  };
}
