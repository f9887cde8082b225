import { foldName, likeContaining, parseInput, text, type ConnectionArgs, type Page } from '@diaspora/kit';
import type { Registration, Scan } from '../__generated__/prisma/client.js';
import { beyondCursor, orderSql, type OrderColumn } from '../catalog/index.js';
import { Prisma, type Db } from '../database.js';

export type CheckInLists = ReturnType<typeof createCheckInLists>;

export interface DoorFilter {
  readonly search?: string | null | undefined;
  readonly isInside?: boolean | null | undefined;
}

const searchSchema = text({ max: 100 }).nullish();

const { sql } = Prisma;
const byId: OrderColumn[] = [{ field: 'id', direction: 'asc', type: 'uuid', sql: sql`r.id`, cast: 'uuid' }];

/** Whether the name of a participant holds every word. */
function isNamed(words: readonly string[]): Prisma.Sql {
  const patterns = words.map(likeContaining);
  return sql`EXISTS (SELECT FROM people p WHERE p.user_id = r.user_id AND p.name_key LIKE ALL (${patterns}::text[]))`;
}

const isWithin = sql`EXISTS (
  SELECT FROM check_ins c WHERE c.event_id = r.event_id AND c.holder_id = r.user_id AND c.is_inside)`;

/** What stewards read. Who may is decided by permissions.ts. */
export function createCheckInLists({ db }: { readonly db: Db }) {
  /** Who takes part, found by their names, however many there are: what is looked for is asked of each row. */
  async function participants(
    eventId: string,
    { search, isInside }: DoorFilter,
    { page, args }: { page: Page; args: ConnectionArgs },
  ): Promise<Registration[]> {
    const words = foldName(parseInput(searchSchema, search) ?? '').split(' ').filter(Boolean); // prettier-ignore
    const found = await db.$queryRaw<{ id: string }[]>`
      SELECT r.id FROM registrations r
      WHERE r.event_id = ${eventId}::uuid AND r.status = 'CONFIRMED' AND ${beyondCursor(byId, page, args)}
        AND ${words.length > 0 ? isNamed(words) : sql`TRUE`}
        AND ${isInside == null ? sql`TRUE` : sql`${isInside} = ${isWithin}`}
      ORDER BY ${orderSql(byId, page)} LIMIT ${page.take}`;
    return db.registration.findMany({
      where: { id: { in: found.map(({ id }) => id) } },
      orderBy: page.orderBy,
    });
  }

  const scans = (eventId: string, isConflicting: boolean | null, page: Page): Promise<Scan[]> =>
    db.scan.findMany({
      where: {
        AND: [
          { eventId, ...(isConflicting !== null && { conflicts: { isEmpty: !isConflicting } }) },
          page.where,
        ],
      },
      orderBy: page.orderBy,
      take: page.take,
    });

  async function stats(eventId: string) {
    const [[people], refusals] = await Promise.all([
      db.$queryRaw<{ entered: number; inside: number }[]>`
        SELECT count(DISTINCT holder_id) FILTER (WHERE entered_at IS NOT NULL)::int AS entered,
          count(DISTINCT holder_id) FILTER (WHERE is_inside)::int AS inside
        FROM check_ins WHERE event_id = ${eventId}::uuid`,
      db.scan.groupBy({ by: ['refusal'], where: { eventId, refusal: { not: null } }, _count: true }),
    ]);
    return {
      enteredCount: people!.entered,
      insideCount: people!.inside,
      refusals: refusals.map(({ refusal, _count: count }) => ({ reason: refusal!, count })),
    };
  }

  return { participants, scans, stats };
}
