import { decodeCursor, encodeCursor, type SortKey } from '@diaspora/kit';

/** How many events are told one by one to whoever comes back. */
export const replayLimit = 1_000;

const byPosition: SortKey[] = [
  { field: 'log', direction: 'asc', type: 'string' },
  { field: 'position', direction: 'asc', type: 'number' },
];
/** That of a history: a client may read messages and go on with their last cursor. */
const bySequence: SortKey[] = [{ field: 'sequence', direction: 'asc', type: 'number' }];

export const cursorOf = (position: number): string =>
  encodeCursor({ log: 'conversation', position }, byPosition);

/** What a cursor points at: an event, or a message of the history. */
export type Place = { readonly position: number } | { readonly sequence: number };

/** Undefined for what is no cursor of this subscription. */
export function placeOf(cursor: string): Place | undefined {
  const [log, position] = valuesOf(cursor, byPosition);
  if (log === 'conversation') return isNatural(position) ? { position } : undefined;
  const [sequence] = valuesOf(cursor, bySequence);
  return isNatural(sequence) && sequence > 0 ? { sequence } : undefined;
}

/** Where a subscription begins, and what has to be told first. */
export interface Start {
  readonly position: number;
  readonly first?: 'STARTED' | 'CURSOR_INVALID' | 'CURSOR_TOO_OLD';
}

/**
 * `after`: the position the cursor stands for, if it was given; `lastPosition`: of the newest event, read after listening
 * has begun.
 */
export function startOf(after: number | 'INVALID' | 'PRUNED' | undefined, lastPosition: number): Start {
  const from = (first: Start['first']) => ({ position: lastPosition, ...(first && { first }) });
  if (after === undefined) return from('STARTED');
  if (after === 'PRUNED') return from('CURSOR_TOO_OLD');
  if (after === 'INVALID' || after > lastPosition) return from('CURSOR_INVALID');
  return isTooOld(after, lastPosition) ? from('CURSOR_TOO_OLD') : { position: after };
}

export const isTooOld = (position: number, lastPosition: number): boolean =>
  lastPosition - position > replayLimit;

const largestPosition = 2_147_483_647;
const isNatural = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largestPosition;

function valuesOf(cursor: string, keys: readonly SortKey[]): readonly unknown[] {
  try {
    return decodeCursor(cursor, keys);
  } catch {
    return [];
  }
}
