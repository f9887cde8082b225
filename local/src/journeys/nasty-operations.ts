import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Leaf } from './nasty-values.js';

/** One field with arguments, reached from the root, all its arguments as variables. */
export interface Target {
  readonly label: string;
  readonly document: string;
  readonly kind: 'query' | 'mutation';
  readonly field: GraphQLField<unknown, unknown>;
  /** Every argument, every field of its input and every list in it. */
  readonly leaves: readonly Leaf[];
}

type Step = (inside: string) => string;

const pageSize = '(first: 2)';

/** Arguments in literals that make a field answer. */
function literalArguments(
  field: GraphQLField<unknown, unknown>,
  ids: Readonly<Record<string, string>>,
): string | null {
  if (field.args.some(({ name }) => name === 'first')) {
    const others = field.args.filter((argument) => isRequiredArgument(argument));
    if (others.length === 0) return pageSize;
  }
  const required = field.args.filter((argument) => isRequiredArgument(argument));
  const literals: Record<string, string> = {
    zone: '"UTC"',
    countryCode: '"DE"',
    query: '"harvest"',
    first: '2',
  };
  const id = ids[getNamedType(field.type).name];
  if (id) literals['id'] = JSON.stringify(id);
  if (required.some(({ name }) => !literals[name])) return null;
  const given = field.args.filter((argument) => isRequiredArgument(argument) || argument.name === 'first');
  return given.length === 0 ? '' : `(${given.map(({ name }) => `${name}: ${literals[name]}`).join(', ')})`;
}

/** A selection of everything but further lists, `depth` levels of objects deep. */
export function selectionOf(type: GraphQLNamedType, depth: number): string {
  if (isLeafType(type)) return '';
  if (!isObjectType(type)) return isInterfaceType(type) ? interfaceSelection(type.name) : '{ __typename }';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const given = literalArguments(field, {});
    const below = getNamedType(field.type);
    if (given === null || given === pageSize || (isCompositeType(below) && depth === 0)) return [];
    return [`${field.name}${given} ${selectionOf(below, depth - 1)}`.trim()];
  });
  return `{ ${['__typename', ...fields].join(' ')} }`;
}

/** As deep as the router's limit of fields lets it be. */
function largestSelectionOf(type: GraphQLNamedType): string {
  const [deep, flat] = [selectionOf(type, 2), selectionOf(type, 1)];
  return (deep.match(/\w+/g) ?? []).length < mostFields ? deep : flat;
}

const mostFields = 900;

const interfaceSelection = (name: string) =>
  name === 'UserError' ? '{ __typename code message path }' : '{ __typename id }';

function leavesOf(type: GraphQLInputType, path: readonly string[]): Leaf[] {
  const nullable = getNullableType(type);
  if (!isInputObjectType(nullable)) return [{ path, type }];
  const fields = Object.values(nullable.getFields());
  return [{ path, type }, ...fields.flatMap((field) => leavesOf(field.type, [...path, field.name]))];
}

function targetOf(
  kind: Target['kind'],
  field: GraphQLField<unknown, unknown>,
  step: Step,
  label: string,
): Target {
  const variables = field.args.map((argument) => `$${argument.name}: ${variableType(argument)}`).join(', ');
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = largestSelectionOf(getNamedType(field.type));
  return {
    label,
    kind,
    field,
    document: `${kind} (${variables}) ${step(`${field.name}(${given}) ${selection}`)}`,
    leaves: field.args.flatMap((argument) => leavesOf(argument.type, [argument.name])),
  };
}

/** An argument with a default is nullable as a variable without one would make it required. */
const variableType = ({ type, defaultValue }: GraphQLArgument): string =>
  String(defaultValue !== undefined && isNonNullType(type) ? type.ofType : type);

/** Every field with arguments: of the roots, nested by the shortest way, and on each entity by `nodes`. */
export function targetsOf(schema: GraphQLSchema, ids: Readonly<Record<string, string>>): Target[] {
  const inBraces: Step = (inside) => `{ ${inside} }`;
  const roots = (['query', 'mutation'] as const).flatMap((kind) => {
    const type = (kind === 'query' ? schema.getQueryType() : schema.getMutationType())!;
    return Object.values(type.getFields())
      .filter(({ args }) => args.length > 0)
      .map((field) => targetOf(kind, field, inBraces, `${type.name}.${field.name}`));
  });
  const nested = [...waysToTypes(schema, ids)].flatMap(([type, step]) =>
    type === schema.getQueryType()
      ? []
      : argumentFields(type).map((field) => targetOf('query', field, step, `${type.name}.${field.name}`)),
  );
  const entities = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && ids[type.name] !== undefined,
  );
  const byNodes = entities.flatMap((type) =>
    argumentFields(type).map((field) => {
      const both = JSON.stringify([ids[type.name], ids[type.name], ids['User']]);
      const step: Step = (inside) => `{ nodes(ids: ${both}) { ... on ${type.name} { ${inside} } } }`;
      return targetOf('query', field, step, `nodes/${type.name}.${field.name}`);
    }),
  );
  return [...roots, ...nested, ...byNodes];
}

const argumentFields = (type: GraphQLObjectType) =>
  Object.values(type.getFields()).filter(({ args }) => args.length > 0);

/** The shortest way from Query to each object type. */
function waysToTypes(
  schema: GraphQLSchema,
  ids: Readonly<Record<string, string>>,
): Map<GraphQLObjectType, Step> {
  const start = schema.getQueryType()!;
  const ways = new Map<GraphQLObjectType, Step>([[start, (inside) => `{ ${inside} }`]]);
  // A Map can grow while it is walked: this is breadth first.
  for (const [type, way] of ways) {
    for (const field of Object.values(type.getFields())) {
      const below = getNamedType(field.type);
      const given = literalArguments(field, ids);
      if (!isObjectType(below) || ways.has(below) || given === null) continue;
      ways.set(below, (inside) => way(`${field.name}${given} { ${inside} }`));
    }
  }
  return ways;
}
