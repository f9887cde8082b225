import { createHash } from 'node:crypto';
import { Kind, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { createBoundedCache } from './bounded-cache.js';
import { createOperation, type OperationParts } from './create-operation.js';
import type { Operation } from './operation.js';
import { createReadDocument, type DocumentRules } from './read-document.js';
import { RequestFault } from './request-fault.js';

/** The operations of one version of the supergraph. */
export interface Operations {
  /** By the document's text. Throws RequestFault for a document or a name that leads to no operation. */
  find(text: string, operationName: string | undefined): Operation;
  /** Of the operations in the cache those that are used most, the most used first. */
  hottest(count: number): readonly KnownOperation[];
}

export interface KnownOperation {
  readonly text: string;
  readonly operation: Operation;
}

export interface OperationsParts extends OperationParts, Omit<DocumentRules, 'schema'> {
  readonly cache: {
    readonly maxDocuments: number;
    /** Of the text of all documents together. */
    readonly maxCharacters: number;
  };
}

interface ReadDocument {
  readonly id: string;
  readonly node: DocumentNode;
  /** By name; '' for none. */
  readonly operations: Map<string, Operation>;
}

/** Documents that were refused are remembered too, fewer of them: a client that repeats one costs no parse each time. */
const mostRefused = 500;
const refusedCharacters = 1_000_000;

/** Parses, validates and limits each document once, and prepares each operation once. Bounded. */
export function createOperations(parts: OperationsParts): Operations {
  const { maxDocuments, maxCharacters } = parts.cache;
  const documents = createBoundedCache<ReadDocument>({ maxEntries: maxDocuments, maxWeight: maxCharacters });
  const refused = createBoundedCache<RequestFault>({ maxEntries: mostRefused, maxWeight: refusedCharacters });
  const readDocument = createReadDocument(parts);

  const enter = (text: string): ReadDocument => {
    const before = refused.get(text);
    parts.metrics.document(before === undefined ? 'miss' : 'refused');
    if (before !== undefined) throw before;
    try {
      const id = createHash('sha256').update(text).digest('hex');
      const document = { id, node: readDocument(text), operations: new Map<string, Operation>() };
      documents.set(text, document, text.length);
      return document;
    } catch (error) {
      if (error instanceof RequestFault) refused.set(text, error, text.length);
      throw error;
    }
  };

  const recall = (text: string): ReadDocument | undefined => {
    const document = documents.get(text);
    if (document !== undefined) parts.metrics.document('hit');
    return document;
  };

  return {
    find: (text, operationName = '') => {
      const document = recall(text) ?? enter(text);
      const known = document.operations.get(operationName);
      if (known !== undefined) return known;
      const operation = createOperation(document, chooseDefinition(document.node, operationName), parts);
      document.operations.set(operationName, operation);
      return operation;
    },
    hottest: (count) =>
      documents
        .byUse()
        .slice(-count)
        .reverse()
        .flatMap(({ key, value }) =>
          [...value.operations.values()].map((operation) => ({ text: key, operation })),
        )
        .slice(0, count),
  };
}

/** GraphQL specification, 6.1: GetOperation. An empty name is none. */
function chooseDefinition({ definitions }: DocumentNode, operationName: string): OperationDefinitionNode {
  const all = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const chosen = all.filter((node) => operationName === '' || node.name?.value === operationName);
  if (chosen.length === 1) return chosen[0]!;
  const message =
    chosen.length === 0
      ? 'The request names no operation of its document.'
      : 'The document has several operations: the request must name one of them.';
  throw RequestFault.of('OPERATION_RESOLUTION_FAILURE', message);
}
