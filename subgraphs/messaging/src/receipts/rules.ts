import {
  AppError,
  decodeCursor,
  parsePage,
  type ConnectionArgs,
  type Page,
  type SortKey,
} from '@diaspora/kit';

/** What has arrived, and what was read, up to a sequence each. Nothing is read that has not arrived. */
export interface Markers {
  readonly deliveredUpToSequence: number;
  readonly readUpToSequence: number;
}

export type Marker = 'DELIVERED' | 'READ';

/**
 * The markers after a request to move one: monotone, and never beyond `lastSequence`, the last message the person sees.
 * Null when none moves.
 */
export function movedMarkers(
  { deliveredUpToSequence, readUpToSequence }: Markers,
  marker: Marker,
  { upToSequence, lastSequence }: { readonly upToSequence: number; readonly lastSequence: number },
): Markers | null {
  if (upToSequence < 0 || upToSequence > lastSequence) {
    throw new AppError('INVALID_INPUT', 'There is no such message yet.', { path: ['upToSequence'] });
  }
  const moved = {
    deliveredUpToSequence: Math.max(deliveredUpToSequence, upToSequence),
    readUpToSequence: marker === 'READ' ? Math.max(readUpToSequence, upToSequence) : readUpToSequence,
  };
  const isSame =
    moved.deliveredUpToSequence === deliveredUpToSequence && moved.readUpToSequence === readUpToSequence;
  return isSame ? null : moved;
}

/** A page of receipts: the person is the cursor. */
export interface ReceiptPage extends Page {
  /** Person to begin beyond; null without a cursor. */
  readonly beyond: string | null;
}

const byPerson: SortKey[] = [{ field: 'userId', direction: 'asc', type: 'uuid' }];

export function parseReceiptPage(args: ConnectionArgs): ReceiptPage {
  const page = parsePage(args, byPerson);
  const cursor = page.forward ? args.after : args.before;
  return { ...page, beyond: cursor == null ? null : String(decodeCursor(cursor, byPerson)[0]) };
}
