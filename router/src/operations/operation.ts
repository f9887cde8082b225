import type { DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import type { Executable } from '../execution/executable.js';

/** A document that is valid for one supergraph, and the operation chosen from it. Cached; shared by requests. */
export interface Operation {
  /** SHA-256 of the document's text, hexadecimal. */
  readonly documentId: string;
  readonly name: string | undefined;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Variables of its @skip and @include, in order of appearance. */
  readonly conditions: readonly string[];
  /** Its executable for these values of its conditions and these forbidden fields; made once, then remembered. */
  executable(
    variables: Readonly<Record<string, unknown>>,
    forbidden?: Forbidden,
  ): Promise<Executable> | Executable;
}

/** Fields of the operation that this viewer may not have: not fetched, null in the answer, an error at each place. */
export interface Forbidden {
  /** Equal for equal decisions: the executable is remembered under it. */
  readonly key: string;
  readonly fields: ReadonlyMap<
    FieldNode,
    { readonly message: string; readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN' }
  >;
}
