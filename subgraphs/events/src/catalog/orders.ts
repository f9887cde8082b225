import { Prisma } from '../database.js';
import { chordTo } from './conditions.js';
import type { OrderColumn } from './keyset.js';
import type { Point } from './rules.js';

const { sql } = Prisma;

const byId: OrderColumn = { field: 'id', direction: 'asc', type: 'uuid', sql: sql`id`, cast: 'uuid' };
const byStart: OrderColumn = {
  ...({ field: 'startsAt', direction: 'asc', type: 'date', cast: 'timestamptz' } as const),
  sql: sql`starts_at`,
};
const descending = (column: OrderColumn): OrderColumn => ({ ...column, direction: 'desc' });

/** The orders a list of events can have; each ends with the id, which makes it total. */
export const eventOrders = {
  STARTS_AT_ASC: [byStart, byId],
  STARTS_AT_DESC: [descending(byStart), descending(byId)],
  CREATED_AT_DESC: [descending({ ...byStart, field: 'createdAt', sql: sql`created_at` }), descending(byId)],
  POPULAR: [
    ...([
      { field: 'popularity', direction: 'desc', type: 'number', sql: sql`popularity`, cast: 'int' },
    ] as const),
    ...[byStart, byId],
  ],
} satisfies Record<string, OrderColumn[]>;

/** Nearest first; the distance is part of the rows. */
export const nearestFirst = (point: Point): OrderColumn[] => [
  { field: 'chord', direction: 'asc', type: 'number', sql: chordTo(point), cast: 'float8' },
  byId,
];
