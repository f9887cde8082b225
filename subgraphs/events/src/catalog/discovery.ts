import { AppError, parsePage, type ConnectionArgs, type Page, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
import { chordTo, rowsFor } from './conditions.js';
import { beyondCursor, orderSql, type OrderColumn } from './keyset.js';
import { eventOrders, nearestFirst } from './orders.js';
import type { EventFilter } from './rules.js';
import { visibleTo } from './visibility.js';

/** An event in a list, with what the list knows of it. */
export interface FoundEvent extends Event {
  /** Metres through the earth from the point the list is about. */
  readonly chord?: number | null;
}

export type DiscoveryOrder = Exclude<keyof typeof eventOrders, 'STARTS_AT_DESC'> | 'DISTANCE_ASC';

export interface FoundRow {
  readonly id: string;
}

/** Events that are to come, by what people look for. Each query is answered by an index (plans.test.ts). */
export async function discover(
  db: Db,
  viewer: Viewer | null,
  {
    filter,
    orderBy,
    args,
    now,
  }: { filter: EventFilter; orderBy: DiscoveryOrder; args: ConnectionArgs; now: Date },
): Promise<{ rows: FoundEvent[]; page: Page }> {
  const columns = columnsOf(orderBy, filter);
  const page = parsePage(args, columns);
  const chord = filter.near ? chordTo(filter.near) : Prisma.sql`NULL::float8`;
  const found = await db.$queryRaw<(FoundRow & { chord: number | null })[]>`
    SELECT id, ${chord} AS chord FROM events
    WHERE ${rowsFor(viewer, filter, now)} AND ${beyondCursor(columns, page, args)}
    ORDER BY ${orderSql(columns, page)} LIMIT ${page.take}`;
  return { rows: await readEvents(db, visibleTo(viewer, now), found), page };
}

function columnsOf(orderBy: DiscoveryOrder, { near }: EventFilter): readonly OrderColumn[] {
  if (orderBy !== 'DISTANCE_ASC') return eventOrders[orderBy];
  if (near) return nearestFirst(near);
  throw new AppError('INVALID_INPUT', 'Say from where: near.', { path: ['filter', 'near'] });
}

/** Events by what was found of them, in that order. Once more visible: one of them may have been hidden since. */
export async function readEvents<Row extends FoundRow>(
  db: Db,
  visible: Prisma.EventWhereInput,
  found: readonly Row[],
): Promise<(Event & Row)[]> {
  const ids = found.map(({ id }) => id);
  const events = await db.event.findMany({ where: { AND: [{ id: { in: ids } }, visible] } });
  const byId = new Map(events.map((event) => [event.id, event]));
  return found.flatMap((row) => {
    const event = byId.get(row.id);
    return event ? [{ ...event, ...row }] : [];
  });
}
