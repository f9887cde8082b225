import {
  getVariableValues,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** A valid operation with coerced variables. */
export interface TestRequest {
  readonly text: string;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As the client sent them. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What was answered, and what it took. */
export interface TestAnswer {
  readonly data: unknown;
  /** As text: with the order of keys. */
  readonly text: string;
  readonly errors: readonly GraphQLFormattedError[];
  /** `subgraph: body` of each request sent. */
  readonly sent: readonly string[];
}

/** Undefined when the operation or its variables are not valid. */
export function readRequest(
  schema: GraphQLSchema,
  text: string,
  given: Readonly<Record<string, unknown>> = {},
): TestRequest | undefined {
  const document = parse(text, { noLocation: true });
  if (validate(schema, document).length > 0) return undefined;
  const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!definition) return undefined;
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], given);
  if (!coerced) return undefined;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  return { text, document, definition, fragments, given, variables: coerced };
}
