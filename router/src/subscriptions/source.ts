import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parseType,
  print,
  valueFromAST,
  visit,
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Fetch } from '../plan/plan.js';

type Values = Readonly<Record<string, unknown>>;

/** What is subscribed at the subgraph for one planned subscription. */
export interface Source {
  readonly subgraph: string;
  readonly query: string;
  /** Of the client's variables those that it uses. `after`: where to go on; undefined for where the client began. */
  readonly variables: (values: Values) => Record<string, unknown>;
  /** Present when it can be resumed. */
  readonly cursor?: Cursor | undefined;
}

export interface Cursor {
  /** The name of the variable that holds where to begin. */
  readonly variable: string;
  /** Where the client asked to begin; undefined for "from now on". */
  startOf(values: Values): unknown;
  /** Where to go on after an event; undefined when the event does not tell. */
  of(data: Values | null): unknown;
}

const argumentName = 'after';
const fieldName = 'cursor';
const alias = 'resumeCursor_';
const variable = 'resumeAfter_';

/**
 * The first fetch of a subscription's plan. By the shape of the schema it is one that can be resumed: its root field
 * has an argument `after`, and what the field answers has a field `cursor`. Then the cursor of each event is asked for
 * beside what the client wants, and where to begin becomes a variable of ours.
 */
export function sourceOf(fetch: Fetch, schema: GraphQLSchema): Source {
  const known = sources.get(fetch);
  if (known !== undefined) return known;
  const made = readSource(fetch, schema);
  sources.set(fetch, made);
  return made;
}

/** Plans are kept, and many subscribe by the same one. */
const sources = new WeakMap<Fetch, Source>();

function readSource(fetch: Fetch, schema: GraphQLSchema): Source {
  const plain: Source = {
    subgraph: fetch.subgraph,
    query: print(fetch.document),
    variables: (values) => pick(values, fetch.variables),
  };
  const root = fetch.document.selectionSet.selections.find(
    (node): node is FieldNode => node.kind === Kind.FIELD && !node.name.value.startsWith('__'),
  );
  const field = root && schema.getSubscriptionType()?.getFields()[root.name.value];
  const after = field?.args.find(({ name }) => name === argumentName);
  if (!root || !field || !after || !hasCursor(getNamedType(field.type))) return plain;

  const given = root.arguments?.find(({ name }) => name.value === argumentName);
  const rewritten = resumable(fetch.document, root, after);
  const used = variablesOf(rewritten);
  const rootName = root.alias?.value ?? root.name.value;
  return {
    subgraph: fetch.subgraph,
    query: print({ ...rewritten, variableDefinitions: declared(rewritten, used) }),
    variables: (values) =>
      pick(
        values,
        fetch.variables.filter((name) => used.has(name)),
      ),
    cursor: {
      variable,
      startOf: (values) => (given ? valueFromAST(given.value, after.type, values) : undefined),
      of: (data) => (data?.[rootName] as Values | null | undefined)?.[alias] ?? undefined,
    },
  };
}

const hasCursor = (type: ReturnType<typeof getNamedType>): boolean =>
  (isObjectType(type) || isInterfaceType(type)) && fieldName in type.getFields();

function resumable(document: OperationDefinitionNode, root: FieldNode, after: GraphQLArgument) {
  const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
  const ours: ArgumentNode = {
    kind: Kind.ARGUMENT,
    name: name(argumentName),
    value: { kind: Kind.VARIABLE, name: name(variable) },
  };
  const others = root.arguments?.filter((node) => node.name.value !== argumentName) ?? [];
  const selections = root.selectionSet?.selections ?? [];
  const cursor: FieldNode = { kind: Kind.FIELD, alias: name(alias), name: name(fieldName) };
  const field: FieldNode = {
    ...root,
    arguments: [...others, ours],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...selections, cursor] },
  };
  const definition = {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: name(variable) },
    type: parseType(String(after.type)),
  } as const;
  return {
    ...document,
    variableDefinitions: [...(document.variableDefinitions ?? []), definition],
    selectionSet: {
      ...document.selectionSet,
      selections: document.selectionSet.selections.map((node) => (node === root ? field : node)),
    },
  };
}

function variablesOf({ selectionSet }: OperationDefinitionNode): Set<string> {
  const names = new Set<string>();
  visit(selectionSet, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}

/** The client's variable that held where to begin may not be used by anything else. */
const declared = ({ variableDefinitions = [] }: OperationDefinitionNode, used: ReadonlySet<string>) =>
  variableDefinitions.filter((definition) => used.has(definition.variable.name.value));

const pick = (values: Values, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
