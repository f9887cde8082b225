import { Kind, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';
import { addRequiredVariants, type RequiredVariants } from './required-variants.js';

/** The planner's copy of a supergraph: the same API over the same subgraphs, worded around faults of the planner. */
export interface PlannerSchema {
  readonly document: DocumentNode;
  readonly variants: RequiredVariants;
}

export const createPlannerSchema = (supergraph: DocumentNode): PlannerSchema =>
  addRequiredVariants(orderKeys(supergraph));

/** The planner may enter a subgraph by a key that it cannot resolve, when that key is listed first. */
const orderKeys = (document: DocumentNode): DocumentNode =>
  visit(document, {
    ObjectTypeDefinition: (node) => ({ ...node, directives: unresolvableLast(node.directives) }),
    InterfaceTypeDefinition: (node) => ({ ...node, directives: unresolvableLast(node.directives) }),
  });

const unresolvableLast = (directives: readonly ConstDirectiveNode[] = []): readonly ConstDirectiveNode[] => [
  ...directives.filter((directive) => !isUnresolvable(directive)),
  ...directives.filter(isUnresolvable),
];

const isUnresolvable = ({ name, arguments: given = [] }: ConstDirectiveNode): boolean =>
  name.value === 'join__type' &&
  given.some(
    (argument) =>
      argument.name.value === 'resolvable' && argument.value.kind === Kind.BOOLEAN && !argument.value.value,
  );
