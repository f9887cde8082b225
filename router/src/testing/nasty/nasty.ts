import type { GraphQLSchema } from 'graphql';
import type { World } from './world/world.js';

/** A small supergraph made of what federation gets wrong most often, and what it must answer. */
export interface NastySupergraph {
  /** What is nasty about it. */
  readonly name: string;
  /** By name of subgraph. The federation 2 link is added unless the text begins with `# federation 1`. */
  readonly subgraphs: Readonly<Record<string, string>>;
  /** Instead of the world's own values, by `Type.field`; every subgraph sees them. */
  readonly values?: Values;
  /** Objects that a subgraph does not know when it is asked for them as entities. */
  readonly faults?: Faults;
  readonly operations: readonly NastyOperation[];
  /** False where what is wrong with the data is seen by subgraphs only, so that no one schema knows the truth. */
  readonly isOneWorld?: boolean;
}

/** Numbers of objects for fields of composite types; the value itself for leaves. */
export type Values = Readonly<Record<string, (given: Given) => unknown>>;

export interface Given {
  /** The number of the object that is asked. */
  readonly n: number;
  readonly args: Readonly<Record<string, unknown>>;
  /** Lives as long as the run of one operation: what mutations change. */
  readonly state: Map<string, unknown>;
  /** What `_entities` was told of the object; the monolith is told nothing. */
  readonly told?: Readonly<Record<string, unknown>> | undefined;
}

export interface Faults {
  /** An Error fails the field, null makes it null. Must be a function of its arguments. */
  readonly field?: (type: string, n: number, field: string) => Error | null | undefined;
  /** Subgraphs that do not answer. */
  readonly down?: readonly string[];
  /** What a subgraph answers for an entity that is not there for it. */
  readonly entity?: (subgraph: string, type: string, n: number) => Error | null | undefined;
}

export interface NastyOperation {
  readonly name: string;
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly faults?: Faults;
  /**
   * Written by hand from the GraphQL and federation specifications. Without it, what one schema over the whole world
   * answers is the truth.
   */
  readonly expected?: Expected;
  /** Why ApolloGateway is wrong here by the specifications. */
  readonly gatewayIsWrong?: string;
  /** False where ApolloGateway would not end, or takes the test run with it. */
  readonly isAskedOfGateway?: boolean;
  /** The requests to subgraphs, where the number matters. */
  readonly requests?: number;
}

export interface Expected {
  readonly data: unknown;
  /** Where errors must point to, in any order; more than one error may point to one place. */
  readonly errorsAt?: readonly (readonly (string | number)[])[];
}

/** A nasty supergraph, composed, with subgraphs to send to. */
export interface ComposedSupergraph {
  readonly name: string;
  readonly sdl: string;
  readonly world: World;
  /** What clients see. */
  readonly api: GraphQLSchema;
}
