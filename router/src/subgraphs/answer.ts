import type { GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../context.js';

/** What a subgraph is sent: the JSON text of a GraphQL request, written once. */
export interface SubgraphRequest {
  readonly body: string;
  readonly kind: 'query' | 'mutation';
  /** For spans and `explain`: the ids of the plan's fetches that this request carries. */
  readonly fetches: readonly number[];
}

export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  /** Faults of transport too, as errors without a path and with the code UNAVAILABLE, TIMEOUT or CANCELLED. */
  readonly errors?: readonly GraphQLFormattedError[];
  /** The answer's bytes were ASCII without a backslash: its strings can be written between quotes as they are. */
  readonly isPlain: boolean;
}

/** Never rejects. */
export type SendRequest = (request: SubgraphRequest, context: RequestContext) => Promise<SubgraphAnswer>;

/** By the name a subgraph has in the plan. */
export type Subgraphs = (name: string) => SendRequest;
