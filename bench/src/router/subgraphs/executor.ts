import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  parse,
  validate,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import type { Call, Model } from './models.js';

export interface Request {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** JSON text of the answer to one request. */
export type Execute = (request: Request, call: Call) => string;

/** JSON text of a value. */
type Write = (value: unknown, scope: Scope) => string;

interface Scope {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly call: Call;
}

interface Written {
  readonly write: Write;
  /** The text depends on nothing but the object. */
  readonly isFixed: boolean;
}

interface Compilation {
  readonly schema: GraphQLSchema;
  readonly model: Model;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** For @skip and @include. */
  readonly variables: Readonly<Record<string, unknown>>;
}

type Source = Readonly<Record<string, unknown>>;

const compiledAtMost = 1_000;

/**
 * A subgraph at the least cost: each document is compiled once into functions that write JSON, and an object whose
 * selection holds nothing changing is written once. Whoever asks, and however often, gets the same work done.
 */
export function createExecutor(typeDefs: string, model: Model): Execute {
  const schema = buildSubgraphSchema(parse(typeDefs));
  const compiled = new Map<string, Write>();
  return ({ query, operationName, variables = {} }, call) => {
    const key = operationName === undefined ? query : `${operationName} ${query}`;
    let write = compiled.get(key);
    if (!write) {
      const document = parse(query);
      const faults = validate(schema, document);
      if (faults.length > 0) return JSON.stringify({ errors: faults });
      const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
      const operation = operations.find(({ name }) => !operationName || name?.value === operationName);
      const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
      const byName = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
      write = compileRoot({ schema, model, fragments: byName, variables }, operation!);
      const isConditional = /@(skip|include)\b/.test(query);
      if (!isConditional && compiled.size < compiledAtMost) compiled.set(key, write);
    }
    return `{"data":${write({}, { variables, call })}}`;
  };
}

const compileRoot = (compilation: Compilation, operation: OperationDefinitionNode): Write =>
  compileObject(compilation, compilation.schema.getQueryType()!, operation.selectionSet.selections).write;

function compileObject(
  compilation: Compilation,
  type: GraphQLObjectType,
  selections: readonly SelectionNode[],
): Written {
  const fields = [...collect(compilation, type, selections)].map(([key, nodes], index) => ({
    ...compileField(compilation, type, nodes),
    prefix: `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`,
  }));
  const isFixed = fields.every((field) => field.isFixed);
  const write: Write = (source, scope) => {
    let text = '';
    for (const field of fields) text += field.prefix + field.write(source, scope);
    return `${text}}`;
  };
  return { isFixed, write: isFixed ? oncePerObject(write) : write };
}

function oncePerObject(write: Write): Write {
  const texts = new WeakMap<object, string>();
  return (source, scope) => {
    let text = texts.get(source as object);
    if (text === undefined) texts.set(source as object, (text = write(source, scope)));
    return text;
  };
}

/** The fields of a selection by response name, fragments that apply to the type included. */
function collect(
  compilation: Compilation,
  type: GraphQLObjectType,
  selections: readonly SelectionNode[],
  found = new Map<string, FieldNode[]>(),
): Map<string, FieldNode[]> {
  for (const selection of selections) {
    const { variables } = compilation;
    if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) continue;
    if (getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] === false) continue;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      found.set(key, [...(found.get(key) ?? []), selection]);
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? compilation.fragments.get(selection.name.value)! : selection;
    const condition = fragment.typeCondition?.name.value ?? type.name;
    const named = compilation.schema.getType(condition) as GraphQLCompositeType;
    const applies = named === type || (isUnionType(named) && named.getTypes().includes(type));
    if (applies) collect(compilation, type, fragment.selectionSet.selections, found);
  }
  return found;
}

function compileField(compilation: Compilation, type: GraphQLObjectType, nodes: FieldNode[]): Written {
  const node = nodes[0]!;
  const name = node.name.value;
  const { fields, volatile, entities } = compilation.model;
  if (name === '__typename') return { write: () => JSON.stringify(type.name), isFixed: true };
  const field = type.getFields()[name]!;
  const selections = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  if (name === '_entities') return compileEntities(compilation, entities, node, selections);
  const value = compileValue(compilation, field.type, selections);
  const resolve = fields[`${type.name}.${name}`];
  const isFixed = value.isFixed && field.args.length === 0 && !volatile.has(`${type.name}.${name}`);
  if (!resolve) return { isFixed, write: (source, scope) => value.write((source as Source)[name], scope) };
  const argumentsOf = ({ variables }: Scope) =>
    field.args.length === 0 ? {} : getArgumentValues(field, node, variables);
  const write: Write = (source, scope) =>
    value.write(resolve(source as never, argumentsOf(scope), scope.call), scope);
  return { isFixed, write };
}

function compileValue(
  compilation: Compilation,
  outputType: GraphQLOutputType,
  selections: readonly SelectionNode[],
): Written {
  const type = getNullableType(outputType);
  if (isListType(type)) {
    const item = compileValue(compilation, type.ofType, selections);
    return { ...item, write: writeList(item.write) };
  }
  const named = getNamedType(type);
  if (!isCompositeType(named)) return { write: (value) => JSON.stringify(value), isFixed: true };
  const object = compileObject(compilation, named as GraphQLObjectType, selections);
  return { ...object, write: (value, scope) => (value === null ? 'null' : object.write(value, scope)) };
}

const writeList =
  (write: Write): Write =>
  (list, scope) => {
    let text = '';
    for (const item of list as unknown[]) text += (text === '' ? '' : ',') + write(item, scope);
    return `[${text}]`;
  };

/** `_entities`: each representation is written as the type it names. */
function compileEntities(
  compilation: Compilation,
  entities: Model['entities'],
  node: FieldNode,
  selections: readonly SelectionNode[],
): Written {
  const field = compilation.schema.getQueryType()!.getFields()['_entities']!;
  const writes = new Map(
    Object.keys(entities).map((name) => {
      const type = compilation.schema.getType(name) as GraphQLObjectType;
      return [name, compileObject(compilation, type, selections).write];
    }),
  );
  const writeEntities = writeList((item, scope) => {
    const representation = item as Source;
    const typename = representation['__typename'] as string;
    const entity = entities[typename]?.(representation) ?? null;
    return entity === null ? 'null' : writes.get(typename)!(entity, scope);
  });
  const write: Write = (_source, scope) =>
    writeEntities(getArgumentValues(field, node, scope.variables)['representations'], scope);
  return { write, isFixed: false };
}
