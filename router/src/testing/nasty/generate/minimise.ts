import {
  Kind,
  print,
  visit,
  BREAK,
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { readRequest, type TestRequest } from '../request.js';

/** The smallest operation that still fails: parts are left out as long as it does. */
export async function minimise(
  schema: GraphQLSchema,
  request: TestRequest,
  fails: (request: TestRequest) => Promise<boolean>,
): Promise<TestRequest> {
  const read = (text: string, given: TestRequest['given']) => {
    try {
      return readRequest(schema, text, given);
    } catch {
      // Of a selection set nothing was left.
      return undefined;
    }
  };
  let smallest = request;
  for (let index = 0, attempts = 0; attempts < 400; attempts += 1) {
    const document = without(smallest.document, index);
    if (!document) break;
    const candidate = read(tidy(document), smallest.given);
    if (candidate && (await fails(candidate))) smallest = candidate;
    else index += 1;
  }
  return smallest;
}

/** Undefined when there is no part of that number. */
function without(document: DocumentNode, wanted: number): DocumentNode | undefined {
  let index = -1;
  let isFound = false;
  const isPart = (node: ASTNode) =>
    node.kind === Kind.FIELD ||
    node.kind === Kind.INLINE_FRAGMENT ||
    node.kind === Kind.FRAGMENT_SPREAD ||
    node.kind === Kind.DIRECTIVE ||
    node.kind === Kind.ARGUMENT;
  const shorter = visit(document, {
    enter: (node) => {
      if (isFound || !isPart(node)) return undefined;
      index += 1;
      if (index !== wanted) return undefined;
      isFound = true;
      return null;
    },
  });
  return isFound ? shorter : undefined;
}

/** Without the fragments and variables that nothing uses any more. */
function tidy(document: DocumentNode): string {
  const isUsed = (kind: Kind.FRAGMENT_SPREAD | Kind.VARIABLE, name: string) => {
    let found = false;
    for (const definition of document.definitions) {
      const { variableDefinitions: _, ...rest } = definition as { variableDefinitions?: unknown } & ASTNode;
      visit(rest, {
        enter: (node) => {
          if (node.kind !== kind || node.name.value !== name) return undefined;
          found = true;
          return BREAK;
        },
      });
    }
    return found;
  };
  const definitions = document.definitions.flatMap((definition): DefinitionNode[] => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      return isUsed(Kind.FRAGMENT_SPREAD, definition.name.value) ? [definition] : [];
    }
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [definition];
    const variableDefinitions = definition.variableDefinitions?.filter(({ variable }) =>
      isUsed(Kind.VARIABLE, variable.name.value),
    );
    return [{ ...definition, variableDefinitions }];
  });
  return print({ ...document, definitions });
}
