import { visit, type DocumentNode } from 'graphql';

/** Directives, wherever in the document they stand. */
export function directives(document: DocumentNode): number {
  let count = 0;
  visit(document, { Directive: () => void (count += 1) });
  return count;
}
