import type { DocumentNode } from 'graphql';
import { measure, sum } from './measure.js';

/** Aliased fields, counted again for every spread of the fragment they stand in. */
export const aliases = (document: DocumentNode): number =>
  measure(document, { field: (field, below) => (field.alias ? 1 : 0) + below, combine: sum });
