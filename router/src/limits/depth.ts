import type { DocumentNode } from 'graphql';
import { largest, measure } from './measure.js';

/** Levels of nested fields. Introspection is left out: graphql-js bounds its depth by a rule of its own. */
export const depth = (document: DocumentNode): number =>
  measure(document, {
    field: (field, below) =>
      field.name.value === '__schema' || field.name.value === '__type' ? 1 : 1 + below,
    combine: largest,
  });
