import { createHash } from 'node:crypto';
import {
  baseType,
  isCompositeType,
  isInterfaceObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  possibleRuntimeTypes,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph as FederationSupergraph,
  type Subgraph as FederationSubgraph,
} from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { buildASTSchema, parse, type GraphQLSchema } from 'graphql';
import { neededNames } from './needed-names.js';
import { createPlannerSchema } from './planner-schema.js';
import type { RequiredVariants } from './required-variants.js';

/** One composed schema, read. */
export interface Supergraph {
  readonly sdl: string;
  /** Short digest of the SDL. */
  readonly id: string;
  /** What clients see: without `@inaccessible` parts and without federation's own types and directives. */
  readonly apiSchema: GraphQLSchema;
  /** The SDL as it is, with every directive: what access and cost are read from. */
  readonly sourceSchema: GraphQLSchema;
  /** By the name they have in plans. */
  readonly subgraphs: ReadonlyMap<string, SupergraphSubgraph>;
  readonly planner: QueryPlanner;
  /** Stand-ins in the planner's schema; no plan has them. */
  readonly variants: RequiredVariants;
  /** A client's alias of this name is fetched under another; see plan/fetched-name.ts. */
  readonly neededNames: ReadonlySet<string>;
}

export interface SupergraphSubgraph {
  readonly name: string;
  /** The routing URL of the SDL; may be empty. */
  readonly url: string;
  /** Object types that this subgraph may answer for a type; empty for a type it does not know. */
  possibleTypes(typeName: string): ReadonlySet<string>;
  /** Whether it sees this interface as an object type (`@interfaceObject`) and answers the interface's name. */
  isInterfaceObject(typeName: string): boolean;
  /** What its own schema says of a field; undefined when it has none of that name. */
  field(typeName: string, fieldName: string): SubgraphField | undefined;
}

export interface SubgraphField {
  readonly isNonNull: boolean;
  /** The name of its type, without lists and non-null. */
  readonly typeName: string;
}

/**
 * Reads the SDL of any Federation 2 supergraph. Throws an Error whose message is one line for operators when the
 * text is no supergraph, or one that asks for features the router does not have.
 */
export function readSupergraph(sdl: string): Supergraph {
  try {
    const source = build(sdl, true);
    const document = parse(sdl);
    const plannerSchema = createPlannerSchema(document);
    const planned = build(plannerSchema.document, false);
    return {
      sdl,
      id: createHash('sha256').update(sdl).digest('hex').slice(0, 12),
      apiSchema: source.apiSchema().toGraphQLJSSchema(),
      sourceSchema: buildASTSchema(document, { assumeValidSDL: true }),
      subgraphs: new Map(
        planned
          .subgraphs()
          .values()
          .map((one) => [one.name, subgraphOf(one)]),
      ),
      planner: new QueryPlanner(planned, plannerConfig),
      variants: plannerSchema.variants,
      neededNames: neededNames(document),
    };
  } catch (error) {
    throw new Error(`The supergraph cannot be used: ${oneLine(error)}`, { cause: error });
  }
}

/**
 * Planning is computation that nothing can interrupt. Where many subgraphs share many types, an operation can have
 * millions of plans: fewer than the planner's default of 10,000 are compared, and one that has too many ways to
 * begin with is refused.
 */
const plannerConfig = {
  reuseQueryFragments: false,
  debug: { maxEvaluatedPlans: 2_000, pathsLimit: 10_000 },
};

const build = (sdl: Parameters<typeof FederationSupergraph.build>[0], validateSupergraph: boolean) =>
  FederationSupergraph.build(sdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph,
  });

function subgraphOf({ name, url, schema }: FederationSubgraph): SupergraphSubgraph {
  const possible = new Map<string, ReadonlySet<string>>();
  const read = (typeName: string): ReadonlySet<string> => {
    const type = schema.type(typeName);
    if (!type || !isCompositeType(type)) return new Set();
    return new Set(possibleRuntimeTypes(type).map((object) => object.name));
  };
  return {
    name,
    url,
    possibleTypes: (typeName) => {
      const known = possible.get(typeName) ?? read(typeName);
      possible.set(typeName, known);
      return known;
    },
    isInterfaceObject: (typeName) => {
      const type = schema.type(typeName);
      return type !== undefined && isInterfaceObjectType(type);
    },
    field: (typeName, fieldName) => {
      const type = schema.type(typeName);
      const found =
        type && (isObjectType(type) || isInterfaceType(type)) ? type.field(fieldName)?.type : undefined;
      return found && { isNonNull: isNonNullType(found), typeName: baseType(found).name };
    },
  };
}

/** Errors of the federation libraries are long and come in heaps; the first sentence of the first one tells. */
function oneLine(error: unknown): string {
  const first = (error as { causes?: readonly Error[] }).causes?.[0] ?? error;
  const message = first instanceof Error ? first.message : String(first);
  const line = message.split('\n').find((text) => text.trim() !== '') ?? 'unknown fault';
  return line.trim().slice(0, 300);
}
