import { Kind, valueFromASTUntyped, visit, type FieldNode, type GraphQLField } from 'graphql';
import type { Run } from './sum.js';

/** The value of an argument, known at once or only with the variables. Undefined where none is given. */
export type ArgumentValue =
  | { readonly isKnown: true; readonly value: unknown }
  | { readonly isKnown: false; readonly of: (run: Run) => unknown };

const none: ArgumentValue = { isKnown: true, value: undefined };

/** As the client gives it; definitions' defaults are left out. */
export function argumentValue(field: FieldNode, name: string): ArgumentValue {
  const node = field.arguments?.find((argument) => argument.name.value === name)?.value;
  if (!node) return none;
  if (node.kind === Kind.VARIABLE) {
    const variable = node.name.value;
    return { isKnown: false, of: ({ variables }) => variables[variable] };
  }
  let hasVariables = false;
  visit(node, { Variable: () => void (hasVariables = true) });
  if (!hasVariables) return { isKnown: true, value: valueFromASTUntyped(node) };
  return { isKnown: false, of: ({ variables }) => valueFromASTUntyped(node, variables) };
}

/** What the schema has where nothing is given. */
export const defaultValue = (definition: GraphQLField<unknown, unknown>, name: string): unknown =>
  definition.args.find((argument) => argument.name === name)?.defaultValue;

/** `a.b` of a value. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) found = (found as Record<string, unknown> | null | undefined)?.[name];
  return found;
}
