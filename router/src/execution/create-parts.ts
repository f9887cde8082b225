import type { FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import type { Forbidden } from '../operations/operation.js';
import type { ConditionValues } from '../plan/conditions.js';
import { createPlan } from '../plan/create-plan.js';
import { plannerDocument } from '../plan/planner-document.js';
import { createShape } from '../plan/shape.js';
import type { Subgraphs } from '../subgraphs/answer.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import { interpret } from '../interpret/interpret.js';
import type { CostWeights, ExecutableParts } from './executable.js';

export interface PartsOptions {
  readonly supergraph: Supergraph;
  readonly subgraphs: Subgraphs;
  /** Valid for the supergraph's API schema. */
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditionValues: ConditionValues;
  readonly forbidden?: Forbidden | undefined;
  readonly weights?: CostWeights | undefined;
}

/** Plans one operation with its conditions and permissions decided. Throws when the planner finds no way. */
export function createParts({ supergraph, subgraphs, weights, ...operation }: PartsOptions): ExecutableParts {
  const { apiSchema, neededNames } = supergraph;
  const shape = createShape({ schema: apiSchema, neededNames, ...operation });
  const document = plannerDocument({ ...operation, neededNames, rootTypeName: shape.rootType.name });
  const plan = createPlan(supergraph, document, operation.definition.operation);
  const parts: ExecutableParts = {
    supergraph,
    plan,
    shape,
    subgraphs,
    weights,
    interpret: (request, recorded) => interpret(parts, request, recorded),
  };
  return parts;
}
