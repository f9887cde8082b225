import { executeSync, Kind, OperationTypeNode, visit, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { OperationShape, ResponseField } from '../plan/shape.js';

/** Answers `__schema` or `__type` from the schema that clients see; conditions inside are decided by the variables. */
export function introspect(
  field: ResponseField,
  shape: OperationShape,
  schema: GraphQLSchema,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  const { data } = executeSync({ schema, document: documentOf(field, shape), variableValues: variables });
  return data?.[field.responseName];
}

function documentOf({ nodes }: ResponseField, { definition, fragments }: OperationShape): DocumentNode {
  const selectionSet = { kind: Kind.SELECTION_SET as const, selections: nodes };
  const used = new Set<string>();
  const reached = new Set<string>();
  const collect = (node: Parameters<typeof visit>[0]): void => {
    visit(node, {
      Variable: ({ name }) => void used.add(name.value),
      FragmentSpread: ({ name: { value } }) => {
        const fragment = fragments.get(value);
        if (!fragment || reached.has(value)) return;
        reached.add(value);
        collect(fragment);
      },
    });
  };
  collect(selectionSet);
  const variableDefinitions = (definition.variableDefinitions ?? []).filter((one) =>
    used.has(one.variable.name.value),
  );
  const kept = [...reached].flatMap((name) => fragments.get(name) ?? []);
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions,
        selectionSet,
      },
      ...kept,
    ],
  };
}
