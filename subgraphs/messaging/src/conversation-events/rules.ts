import { decodeCursor, encodeCursor, type SortKey } from '@diaspora/kit';

/** The same as in a history: a client may read messages and go on with their last cursor. */
const bySequence: SortKey[] = [{ field: 'sequence', direction: 'asc', type: 'number' }];

/** How many messages are told one by one to whoever comes back. */
export const replayLimit = 1_000;

export const cursorOf = (sequence: number): string => encodeCursor({ sequence }, bySequence);

/** Where a subscription begins, and what has to be told first. */
export interface Start {
  readonly position: number;
  readonly first?: 'STARTED' | 'CURSOR_INVALID' | 'CURSOR_TOO_OLD';
}

/** `lastSequence`: of the newest message, read after listening has begun. */
export function startOf(after: string | null | undefined, lastSequence: number): Start {
  if (after == null) return { position: lastSequence, first: 'STARTED' };
  const position = sequenceOf(after);
  if (position === undefined || position > lastSequence) {
    return { position: lastSequence, first: 'CURSOR_INVALID' };
  }
  return isTooOld(position, lastSequence)
    ? { position: lastSequence, first: 'CURSOR_TOO_OLD' }
    : { position };
}

export const isTooOld = (position: number, lastSequence: number): boolean =>
  lastSequence - position > replayLimit;

function sequenceOf(cursor: string): number | undefined {
  try {
    const sequence = Number(decodeCursor(cursor, bySequence)[0]);
    return Number.isInteger(sequence) && sequence >= 0 ? sequence : undefined;
  } catch {
    return undefined;
  }
}
