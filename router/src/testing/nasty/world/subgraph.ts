import {
  execute,
  isObjectType,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLTypeResolver,
  type GraphQLUnionType,
  type SelectionSetNode,
} from 'graphql';
import type { View } from './views.js';
import type { Run, Thing, World } from './world.js';

export interface Sent {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Answers the JSON text of a request with the JSON text of its answer, as a server does. */
export type SubgraphServer = (body: string, run: Run) => Promise<string>;

type Representation = Readonly<Record<string, unknown>>;

/** The highest number an entity is looked for. */
const highestNumber = 110;

/**
 * A subgraph over its part of the world, executed by graphql-js. It is strict: a representation has to hold one of its
 * resolvable keys and, where the fields asked for require more, exactly what the world says of that.
 */
export function createSubgraphServer(world: World, name: string): SubgraphServer {
  const view = world.views.get(name);
  if (!view) throw new Error(`There is no subgraph ${name}.`);
  const { schema } = view;
  const documents = new Map<string, DocumentNode>();
  const overridden = new Set(
    [...world.views.values()].flatMap((other) =>
      [...other.overrides].flatMap(([coordinate, from]) => (from === name ? [coordinate] : [])),
    ),
  );

  const nameOf = (type: string): string | undefined => {
    if (isObjectType(schema.getType(type))) return type;
    return [...view.interfaceObjects].find((one) => world.coordinates.isSubType(type, one));
  };
  const fieldResolver: GraphQLFieldResolver<Thing | undefined, Run> = (source, args, run, info) => {
    const { parentType, fieldName } = info;
    const thing = source ?? { type: parentType.name, n: 0 };
    const coordinate = `${parentType.name}.${fieldName}`;
    if (overridden.has(coordinate)) throw new Error(`${name} has lost ${coordinate}.`);
    const required = view.requires.get(coordinate);
    // What is provided where the object comes from need not be told.
    const isProvided =
      thing.told === undefined && required && namesOf(required).every((one) => view.provided.has(one));
    if (required && !isProvided) expectTold(world, thing, required, { coordinate, run });
    return world.resolve(thing, fieldName, args, run);
  };
  const typeResolver: GraphQLTypeResolver<Thing, Run> = ({ type }) => nameOf(type);

  const entityUnion = schema.getType('_Entity') as GraphQLUnionType | undefined;
  if (entityUnion) entityUnion.resolveType = typeResolver as GraphQLTypeResolver<unknown, unknown>;
  const entities = schema.getQueryType()?.getFields()['_entities'];
  if (entities) {
    entities.resolve = (_source, { representations }: { representations: Representation[] }, run: Run) =>
      representations.map((one) => entityOf(world, view, one, run));
  }

  return async (body, run) => {
    const { query, variables } = JSON.parse(body) as Sent;
    for (const { down } of run.faults) {
      if (down?.includes(name)) {
        return JSON.stringify({
          errors: [{ message: `${name} is down`, extensions: { code: 'UNAVAILABLE' } }],
        });
      }
    }
    const document = documents.get(query) ?? parse(query, { noLocation: true });
    if (!documents.has(query)) {
      const errors = validate(schema, document);
      if (errors.length > 0) return JSON.stringify({ errors });
      documents.set(query, document);
    }
    const answer = await execute({
      schema,
      document,
      variableValues: variables,
      contextValue: run,
      fieldResolver,
      typeResolver,
    });
    return JSON.stringify(answer);
  };
}

function entityOf(world: World, view: View, told: Representation, run: Run): unknown {
  const typeName = String(told['__typename']);
  for (const set of view.keys.get(typeName) ?? []) {
    for (let n = 0; n <= highestNumber; n += 1) {
      const type = isObjectType(world.coordinates.fullSchema.getType(typeName))
        ? typeName
        : world.coordinates.concreteOf(typeName, n);
      const key = world.read({ type, n }, set, { ...run, faults: [] });
      // Who is known by nothing is nobody.
      if (hasNull(key) || !agrees(told, key)) continue;
      for (const { entity: fault } of run.faults) {
        const value = fault?.(view.name, type, n);
        if (value !== undefined) return value;
      }
      return { type, n, told } satisfies Thing;
    }
  }
  return hasNull(told) ? null : new Error(`${view.name} has no key for ${JSON.stringify(told)}.`);
}

function expectTold(
  world: World,
  thing: Thing,
  required: SelectionSetNode,
  { coordinate, run }: { coordinate: string; run: Run },
): void {
  const truth = world.read(thing, required, run);
  if (!agrees(thing.told, truth)) {
    throw new Error(
      `${coordinate} was told ${JSON.stringify(thing.told)} instead of ${JSON.stringify(truth)}.`,
    );
  }
}

/** Whether what was told says the same of all that the truth says; it may say more, such as type names. */
function agrees(told: unknown, truth: unknown): boolean {
  if (Array.isArray(truth)) {
    return (
      Array.isArray(told) &&
      told.length === truth.length &&
      truth.every((one, index) => agrees(told[index], one))
    );
  }
  if (typeof truth !== 'object' || truth === null) return told === truth;
  if (typeof told !== 'object' || told === null) return false;
  return Object.entries(truth).every(([name, one]) => agrees((told as Representation)[name], one));
}

const namesOf = ({ selections }: SelectionSetNode): string[] =>
  selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));

const hasNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).some(hasNull));
