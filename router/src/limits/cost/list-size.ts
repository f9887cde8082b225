import type { FieldNode, GraphQLField } from 'graphql';
import { argumentValue, defaultValue, valueAt, type ArgumentValue } from './argument-value.js';
import type { ListSize } from './read-weights.js';
import { mostCost, type Run, type Sum } from './sum.js';

interface Slice {
  readonly value: ArgumentValue;
  readonly fallback: unknown;
  readonly path: readonly string[];
}

/**
 * How many items a field's list (or the lists it is to size) will have: the largest slicing argument, as given or by
 * its default; else the assumed size; else `unknownSize`. Records in the run what slicing arguments ask for.
 */
export function sizeOf(
  field: FieldNode,
  definition: GraphQLField<unknown, unknown>,
  place: string,
  { slicingArguments, assumedSize, requireOneSlicingArgument }: ListSize,
): Sum {
  if (slicingArguments.length === 0) return assumedSize ?? unknownSize;
  const slices = slicingArguments.map((text): Slice => {
    const [name = '', ...path] = text.split('.');
    return { value: argumentValue(field, name), fallback: defaultValue(definition, name), path };
  });
  return (run) => {
    let size = -1;
    let given = 0;
    let hasDefault = false;
    for (const { value, fallback, path } of slices) {
      const asked = numberOf(valueAt(value.isKnown ? value.value : value.of(run), path));
      const standing = numberOf(valueAt(fallback, path));
      if (asked !== undefined) given += 1;
      if (standing !== undefined) hasDefault = true;
      size = Math.max(size, asked ?? standing ?? -1);
    }
    if (requireOneSlicingArgument && given !== 1 && !(given === 0 && hasDefault)) run.unsliced ??= place;
    if (size < 0) return assumedSize ?? unknownSize;
    run.largestList = Math.max(run.largestList, size);
    return size;
  };
}

/** Of a size that only the setting for such lists can tell. */
export const unknownSize = -1;

export const orDefault = (size: Sum | undefined, fallback: number): Sum => {
  if (size === undefined || size === unknownSize) return fallback;
  if (typeof size === 'number') return size;
  return (run: Run) => {
    const known = size(run);
    return known === unknownSize ? fallback : known;
  };
};

/** Negative sizes are for the subgraph to refuse; they fetch nothing. */
function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return Math.min(Math.max(0, Math.ceil(value)), mostCost);
}
