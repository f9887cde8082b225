import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { interpret } from '../interpret/interpret.js';
import type { Forbidden } from '../operations/operation.js';
import type { ConditionValues } from '../plan/conditions.js';
import { hoistInterfaceFields } from '../plan/hoist-interface-fields.js';
import type { Plan } from '../plan/plan.js';
import { plannerDocument } from '../plan/planner-document.js';
import { createShape } from '../plan/shape.js';
import type { Subgraphs } from '../subgraphs/answer.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import type { CostWeights, ExecutableParts } from './executable.js';

/** One operation of a valid document, and what was decided about it. */
export interface Preparation {
  /** Valid for the supergraph's API schema. */
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced values of its conditions; other variables may be among them. */
  readonly conditionValues: ConditionValues;
  readonly forbidden?: Forbidden | undefined;
}

export interface DescriptionOptions extends Preparation {
  readonly supergraph: Supergraph;
  readonly subgraphs: Subgraphs;
  readonly weights?: CostWeights | undefined;
}

/** All of an operation but its plan. */
export interface OperationDescription {
  /** What has to be planned; undefined when nothing has to be fetched. */
  readonly document: DocumentNode | undefined;
  readonly kind: Plan['kind'];
  readonly partsFor: (plan: Plan) => ExecutableParts;
}

/** Needs no planner, only schemas. */
export function describeOperation({
  supergraph,
  subgraphs,
  weights,
  ...operation
}: DescriptionOptions): OperationDescription {
  const { apiSchema, neededNames } = supergraph;
  const shape = createShape({ schema: apiSchema, neededNames, ...operation });
  const wanted = plannerDocument({ ...operation, neededNames, rootTypeName: shape.rootType.name });
  return {
    document: wanted && hoistInterfaceFields(wanted, supergraph),
    kind: operation.definition.operation,
    partsFor: (plan) => {
      const parts: ExecutableParts = {
        supergraph,
        plan,
        shape,
        subgraphs,
        weights,
        interpret: (request, recorded) => interpret(parts, request, recorded),
      };
      return parts;
    },
  };
}
