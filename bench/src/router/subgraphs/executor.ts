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
import { join, keep, type Kept, type Part } from './parts.js';

export interface Request {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** JSON text of the answer to one request. */
export type Execute = (request: Request, call: Call) => Buffer;

/** Writes a value at the end of the parts. */
type Write = (value: unknown, parts: Part[], scope: Scope) => void;

interface Scope {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly call: Call;
}

interface Written {
  readonly write: Write;
  /** Its parts depend on nothing but the object. */
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
 * A subgraph at the least cost: each document is compiled once into functions that write JSON, and the text of an
 * object, with gaps for what changes, is kept. Whoever asks, and however often, gets the same work done.
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
      if (faults.length > 0) return Buffer.from(JSON.stringify({ errors: faults }));
      const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
      const operation = operations.find(({ name }) => !operationName || name?.value === operationName);
      const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
      const byName = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
      write = compileRoot({ schema, model, fragments: byName, variables }, operation!);
      const isConditional = /@(skip|include)\b/.test(query);
      if (!isConditional && compiled.size < compiledAtMost) compiled.set(key, write);
    }
    const parts: Part[] = ['{"data":'];
    write({}, parts, { variables, call });
    parts.push('}');
    return join(parts, call);
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
  const isFixed = !compilation.model.isMadeAnew && fields.every((field) => field.isFixed);
  const write: Write = (source, parts, scope) => {
    for (const field of fields) {
      parts.push(field.prefix);
      field.write(source, parts, scope);
    }
    parts.push('}');
  };
  return { isFixed, write: isFixed ? oncePerObject(write) : write };
}

function oncePerObject(write: Write): Write {
  const known = new WeakMap<object, Kept>();
  return (source, parts, scope) => {
    let kept = known.get(source as object);
    if (!kept) {
      const own: Part[] = [];
      write(source, own, scope);
      known.set(source as object, (kept = keep(own)));
    }
    parts.push(kept);
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
  if (name === '__typename')
    return { write: (_, parts) => parts.push(JSON.stringify(type.name)), isFixed: true };
  const field = type.getFields()[name]!;
  const selections = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  const { fields, changing, entities } = compilation.model;
  if (name === '_entities') return compileEntities(compilation, entities, node, selections);
  const resolve = fields[`${type.name}.${name}`];
  if (resolve && changing.has(`${type.name}.${name}`)) {
    const write: Write = (source, parts, { call }) => {
      const ask = (asked: Call) => resolve(source as never, {}, asked) as number;
      parts.push({ ask, width: String(ask(call)).length });
    };
    return { write, isFixed: true };
  }
  const value = compileValue(compilation, field.type, selections);
  const read = (source: unknown, { variables, call }: Scope) =>
    resolve
      ? resolve(source as never, getArgumentValues(field, node, variables), call)
      : (source as Source)[name];
  const write: Write = (source, parts, scope) => value.write(read(source, scope), parts, scope);
  const isFixed = value.isFixed && field.args.length === 0 && type !== compilation.schema.getQueryType();
  return { write, isFixed };
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
  if (isCompositeType(named)) return compileObject(compilation, named as GraphQLObjectType, selections);
  return { write: (value, parts) => parts.push(JSON.stringify(value)), isFixed: true };
}

const writeList =
  (write: Write): Write =>
  (list, parts, scope) => {
    parts.push('[');
    (list as unknown[]).forEach((item, index) => {
      if (index > 0) parts.push(',');
      write(item, parts, scope);
    });
    parts.push(']');
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
  const writeEntities = writeList((item, parts, scope) => {
    const representation = item as Source;
    const typename = representation['__typename'] as string;
    const entity = entities[typename]?.(representation) ?? null;
    if (entity === null) parts.push('null');
    else writes.get(typename)!(entity, parts, scope);
  });
  const write: Write = (_source, parts, scope) =>
    writeEntities(getArgumentValues(field, node, scope.variables)['representations'], parts, scope);
  return { write, isFixed: false };
}
