import {
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph as FederationSupergraph,
} from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { parse, type GraphQLSchema } from 'graphql';
import { createSupergraph } from './create-supergraph.js';
import { readFacts, type FieldFacts, type SupergraphFacts } from './facts.js';
import { createPlannerSchema } from './planner-schema.js';
import type { RequiredVariants } from './required-variants.js';

/** One composed schema, as execution needs it. */
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
  /** A client's alias of this name is fetched under another; see plan/fetched-name.ts. */
  readonly neededNames: ReadonlySet<string>;
}

/** What plans are made with besides; 45 MB of memory for 50 kB of SDL. */
export interface PlannableSupergraph extends Supergraph {
  readonly facts: SupergraphFacts;
  /** Refuses an operation that has many ways soon. */
  readonly planner: QueryPlanner;
  /** Goes on for as long as there is hope. */
  readonly patientPlanner: QueryPlanner;
  /** Stand-ins in the planner's schema; no plan has them. */
  readonly variants: RequiredVariants;
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
  field(typeName: string, fieldName: string): FieldFacts | undefined;
}

/**
 * Reads the SDL of any Federation 2 supergraph. Throws an Error whose message is one line for operators when the
 * text is no supergraph, or one that asks for features the router does not have.
 */
export function readSupergraph(sdl: string): PlannableSupergraph {
  try {
    const source = build(sdl, true);
    const { document, variants } = createPlannerSchema(parse(sdl));
    const planned = build(document, false);
    const facts = readFacts(source, planned);
    const planner = new QueryPlanner(planned, plannerConfig(50));
    // Another 25 ms and 1 MB: most of what both need is in what they share.
    const patientPlanner = new QueryPlanner(planned, plannerConfig(10_000));
    return { ...createSupergraph(sdl, facts), facts, planner, patientPlanner, variants };
  } catch (error) {
    throw new Error(`The supergraph cannot be used: ${oneLine(error)}`, { cause: error });
  }
}

/**
 * Where many subgraphs share many types, an operation can have millions of plans: fewer than the planner's default of
 * 10,000 are compared, and one that has more than `pathsLimit` ways to one of its fields is refused. Ordinary operations
 * have up to 10 of them. What has more can take any time and memory: with up to 100, one was planned within a second,
 * another not within 15. Bounding that is for plan/worker/ to do.
 */
const plannerConfig = (pathsLimit: number) => ({
  reuseQueryFragments: false,
  debug: { maxEvaluatedPlans: 2_000, pathsLimit },
});

const build = (sdl: Parameters<typeof FederationSupergraph.build>[0], validateSupergraph: boolean) =>
  FederationSupergraph.build(sdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph,
  });

/** Errors of the federation libraries are long and come in heaps; the first sentence of the first one tells. */
function oneLine(error: unknown): string {
  const first = (error as { causes?: readonly Error[] }).causes?.[0] ?? error;
  const message = first instanceof Error ? first.message : String(first);
  const line = message.split('\n').find((text) => text.trim() !== '') ?? 'unknown fault';
  return line.trim().slice(0, 300);
}
