import type { DocumentParams } from './document.js';
import { refusals } from './refusals.js';

export interface DocumentId {
  readonly id: string;
  /** Whether it came by the protocol of automatically persisted queries. */
  readonly isAutomatic: boolean;
}

const longestId = 512;

/**
 * The id of a persisted document, as the clients in use write it: `extensions.persistedQuery.sha256Hash` (Apollo),
 * `documentId` (GraphQL over HTTP, appendix A), `id` and `doc_id` (Relay). Throws RequestRefused for a malformed one.
 */
export function documentIdOf({ extensions, documentId, id, doc_id }: DocumentParams): DocumentId | undefined {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: unknown };
  if (persistedQuery !== undefined && persistedQuery !== null) {
    const { version, sha256Hash } = persistedQuery as { version?: unknown; sha256Hash?: unknown };
    if (version !== 1) throw refusals.unknownVersion();
    return { id: checked(sha256Hash), isAutomatic: true };
  }
  const given = documentId ?? id ?? doc_id;
  return given === undefined || given === null ? undefined : { id: checked(given), isAutomatic: false };
}

function checked(id: unknown): string {
  if (typeof id !== 'string' || id === '' || id.length > longestId) throw refusals.badId();
  return id;
}
