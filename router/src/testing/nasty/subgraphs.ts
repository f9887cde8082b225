import type { RequestContext } from '../../context.js';
import type { SubgraphAnswer, Subgraphs } from '../../subgraphs/answer.js';
import type { ComposedSupergraph, Faults } from './nasty.js';
import { createSubgraphServer, type SubgraphServer } from './world/subgraph.js';
import type { Run } from './world/world.js';

export interface RecordedRun extends Run {
  /** `subgraph: body` of each request, in order. */
  readonly sent: string[];
}

export const createRun = (faults: readonly Faults[]): RecordedRun => ({ state: new Map(), faults, sent: [] });

/** Everything that can be sent to, in this process. A request belongs to the run that its context stands for. */
export interface TestSubgraphs {
  readonly send: Subgraphs;
  begin(context: RequestContext, run: RecordedRun): void;
  answer(name: string, body: string, run: RecordedRun): Promise<SubgraphAnswer>;
}

export function createSubgraphs({ world }: ComposedSupergraph): TestSubgraphs {
  const runs = new WeakMap<RequestContext, RecordedRun>();
  const servers = new Map<string, SubgraphServer>(
    [...world.views.keys()].map((name) => [name, createSubgraphServer(world, name)]),
  );

  async function answer(name: string, body: string, run: RecordedRun): Promise<SubgraphAnswer> {
    const server = servers.get(name);
    if (!server) throw new Error(`There is no subgraph ${name}.`);
    run.sent.push(`${name}: ${body}`);
    const text = await server(body, run);
    // eslint-disable-next-line no-control-regex
    const isPlain = /^[\x00-\x7f]*$/.test(text) && !text.includes('\\');
    return { data: null, ...(JSON.parse(text) as Partial<SubgraphAnswer>), isPlain };
  }

  return {
    send: (name) => async (request, context) => {
      const run = runs.get(context);
      if (!run) throw new Error('The context of the request got lost.');
      return answer(name, request.body, run);
    },
    begin: (context, run) => void runs.set(context, run),
    answer,
  };
}
