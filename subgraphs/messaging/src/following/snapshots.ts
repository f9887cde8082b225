import { decodeCursor, encodeCursor, type SortKey } from '@diaspora/kit';

/**
 * A cursor that stands for what a statement could see (`pg_current_snapshot()`): transactions that had ended by then.
 * What is not in it has changed since, whenever it began and in whatever order the transactions end.
 */
export type Snapshot = string;

const keys: SortKey[] = [
  { field: 'of', direction: 'asc', type: 'string' },
  { field: 'snapshot', direction: 'asc', type: 'string' },
];

export const snapshotCursor = (of: string, snapshot: Snapshot): string =>
  encodeCursor({ of, snapshot }, keys);

/** xmin:xmax:those in between that were under way, as PostgreSQL writes it. */
const written = /^(\d{1,19}):(\d{1,19}):(\d{1,19}(?:,\d{1,19}){0,9999})?$/;

/** Undefined for what is no cursor of this list, or of one that is ahead of `current`. */
export function snapshotOf(of: string, cursor: string, current: Snapshot): Snapshot | undefined {
  const [list, snapshot] = valuesOf(cursor);
  if (list !== of || typeof snapshot !== 'string' || !isSnapshot(snapshot)) return undefined;
  return endOf(snapshot) > endOf(current) ? undefined : snapshot;
}

/** What PostgreSQL would take: those under way are in order, between both ends. */
function isSnapshot(text: string): boolean {
  const [, begin, end, underWay] = written.exec(text) ?? [];
  if (begin === undefined || end === undefined || /^0/.test(begin)) return false;
  const ids = [begin, ...(underWay?.split(',') ?? []), end].map(BigInt);
  return ids.every((id, index) => index === 0 || (index === 1 ? ids[0]! <= id : ids[index - 1]! < id));
}

const endOf = (snapshot: Snapshot): bigint => BigInt(snapshot.split(':')[1]!);

function valuesOf(cursor: string): readonly unknown[] {
  try {
    return decodeCursor(cursor, keys);
  } catch {
    return [];
  }
}
