import type { DocumentNode } from 'graphql';
import type { SupergraphFacts } from '../../supergraph/facts.js';
import type { Plan } from '../plan.js';

/** What the router tells a planning process, which answers each message with one of its own. All plain data. */
export type PlanningRequest =
  { readonly ask: 'read'; readonly sdl: string } | ({ readonly ask: 'plan' } & PlanningJob);

export interface PlanningJob {
  readonly document: DocumentNode;
  readonly kind: Plan['kind'];
}

export type PlanningAnswer =
  | { readonly facts: SupergraphFacts }
  | { readonly plan: Plan }
  /** What was thrown. */
  | { readonly failed: { readonly message: string; readonly stack: string | undefined } };
