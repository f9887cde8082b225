import { Kind, parse, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/** The planner's copy of a supergraph: the same API over the same subgraphs, worded around faults of the planner. */
export interface PlannerSchema {
  readonly document: DocumentNode;
}

export function createPlannerSchema(sdl: string): PlannerSchema {
  return { document: orderKeys(parse(sdl, { noLocation: true })) };
}

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

const isUnresolvable = ({ name, arguments: given }: ConstDirectiveNode): boolean =>
  name.value === 'join__type' &&
  (given ?? []).some(
    (argument) =>
      argument.name.value === 'resolvable' && argument.value.kind === Kind.BOOLEAN && !argument.value.value,
  );
