import { createPlan } from '../plan/create-plan.js';
import type { PlannableSupergraph } from '../supergraph/supergraph.js';
import { describeOperation, type DescriptionOptions } from './describe-operation.js';
import type { ExecutableParts } from './executable.js';

export interface PartsOptions extends DescriptionOptions {
  readonly supergraph: PlannableSupergraph;
}

/** Plans one operation in this process. Throws when the planner finds no way. For tests and tools. */
export function createParts(options: PartsOptions): ExecutableParts {
  const { document, kind, partsFor } = describeOperation(options);
  return partsFor(createPlan(options.supergraph, document, kind));
}
