import { readSupergraph, type PlannableSupergraph } from '../../supergraph/supergraph.js';
import { createPlan } from '../create-plan.js';
import type { PlanningAnswer, PlanningRequest } from './messages.js';

/** The planning process: started by process.ts, told the supergraph first, then one operation after the other. */
let supergraph: PlannableSupergraph | undefined;

function answer(request: PlanningRequest): PlanningAnswer {
  if (request.ask === 'read') {
    supergraph = readSupergraph(request.sdl);
    return { facts: supergraph.facts };
  }
  if (!supergraph) throw new Error('The planning process was told of no supergraph.');
  return { plan: createPlan(supergraph, request.document, request.kind) };
}

process.on('message', (request: PlanningRequest) => {
  try {
    process.send?.(answer(request));
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.send?.({ failed: { message, stack } } satisfies PlanningAnswer);
  }
});
// Signals to the whole group are the router's to answer; when it is gone there is nothing left to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());
