import type { DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import type { Requirements } from '../access/authorize/authorization.js';
import type { Executable } from '../execution/executable.js';
import type { OperationCost } from '../limits/cost/cost.js';

/** A document that is valid for one supergraph, and the operation chosen from it. Cached; shared by requests. */
export interface Operation {
  /** SHA-256 of the document's text, hexadecimal. */
  readonly documentId: string;
  readonly name: string | undefined;
  /** Stands for the name in metrics and traces; bounded in number. */
  readonly label: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Variables of its @skip and @include, in order of appearance. */
  readonly conditions: readonly string[];
  /** What its fields demand of the caller; undefined when none demands anything. */
  readonly requirements?: Requirements | undefined;
  /** Absent where cost is neither measured nor limited. */
  readonly cost?: OperationCost | undefined;
  /**
   * Values of its variables by the type each is declared with (GraphQL specification, 6.1.2). Throws RequestFault with
   * the code BAD_USER_INPUT, or INVALID_INPUT for values that nobody behind us can take.
   */
  coerce(variables: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>>;
  /**
   * Its executable for these values of its conditions and these forbidden fields: made once, however many ask for it
   * meanwhile, then remembered. Rejects where the operation cannot be planned.
   */
  executable(
    variables: Readonly<Record<string, unknown>>,
    forbidden?: Forbidden,
  ): Executable | Promise<Executable>;
  /** Values of its conditions that were asked for, the latest last: what to prepare on the next supergraph. */
  conditionsInUse(): readonly Readonly<Record<string, unknown>>[];
}

/** Fields of the operation that this viewer may not have: not fetched, null in the answer, an error at each place. */
export interface Forbidden {
  /** Equal for equal decisions: the executable is remembered under it. */
  readonly key: string;
  readonly fields: ReadonlyMap<FieldNode, ForbiddenField>;
}

export interface ForbiddenField {
  readonly message: string;
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  /**
   * Names of the object types on which it is forbidden; absent: on every one. A field asked of an interface or union is
   * fetched then, and answered on objects of the other types. `__typename` may be among the fields.
   */
  readonly types?: ReadonlySet<string>;
}
