import type { OperationDefinitionNode } from 'graphql';

/**
 * What has to be fetched for one operation, in the form both executors read: the nested Sequence, Parallel and
 * Flatten nodes of the planner as a flat list. `@skip` and `@include` are resolved before planning, so that no
 * fetch is conditional.
 */
export interface Plan {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Each stands after all those it waits for. In a subscription the first is subscribed, not sent. */
  readonly fetches: readonly Fetch[];
}

/** One request to one subgraph: root fields, or what completes entities at one path. */
export interface Fetch {
  /** Its index in `Plan.fetches`. */
  readonly id: number;
  readonly subgraph: string;
  /** Names (`ResponseField.key`) from the root to the objects it completes, `@` for "each of the list"; empty for a root fetch. */
  readonly path: readonly string[];
  /** The representation: what `_entities` is told of each object. Absent for a root fetch. */
  readonly requires?: readonly Requirement[];
  /** The operation as the subgraph gets it. An entity fetch has `_entities(representations: $representations)`. */
  readonly document: OperationDefinitionNode;
  /** The client's variables it uses. */
  readonly variables: readonly string[];
  /** Ids of fetches that have to be answered before this one can be sent. */
  readonly waitsFor: readonly number[];
  /** Before sending: changes of the representations (`__typename` for @interfaceObject, renamed keys). */
  readonly inputRewrites: readonly Rewrite[];
  /** After the answer: fields fetched under another alias get their response name. */
  readonly outputRewrites: readonly Rewrite[];
  /** Variables whose values differ from object to object (`@fromContext`). */
  readonly context?: readonly ContextVariable[];
}

export interface ContextVariable {
  readonly name: string;
  /** From the object to be completed: `..` is the object that holds it; then as in a rewrite. */
  readonly path: readonly string[];
}

/** A selection of a representation; the alias, if any, is the name under which the value was fetched. */
export type Requirement =
  | {
      readonly kind: 'Field';
      readonly name: string;
      readonly alias?: string;
      /** The subgraph's own schema has no null here: an object that has null is one it cannot be asked for. */
      readonly isNonNull?: boolean;
      readonly selections?: readonly Requirement[];
    }
  | {
      readonly kind: 'InlineFragment';
      readonly typeCondition?: string;
      readonly selections: readonly Requirement[];
    };

/** Path elements are response names or `... on Type`. */
export type Rewrite =
  | { readonly kind: 'ValueSetter'; readonly path: readonly string[]; readonly setValueTo: unknown }
  | { readonly kind: 'KeyRenamer'; readonly path: readonly string[]; readonly renameKeyTo: string };
