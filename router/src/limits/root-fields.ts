import type { DocumentNode } from 'graphql';
import { measure, sum } from './measure.js';

/** Fields asked of Query, Mutation or Subscription itself. */
export const rootFields = (document: DocumentNode): number =>
  measure(document, { field: () => 1, combine: sum });
