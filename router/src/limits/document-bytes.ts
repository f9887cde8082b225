import type { DocumentNode } from 'graphql';

/** Size of the document's text in bytes of UTF-8. */
export const documentBytes = (document: DocumentNode): number =>
  Buffer.byteLength(document.loc?.source.body ?? '');
