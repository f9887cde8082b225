import { foldName, parseInput, text, type Page } from '@diaspora/kit';
import type { Prisma, Registration, Scan } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export type CheckInLists = ReturnType<typeof createCheckInLists>;

export interface DoorFilter {
  readonly search?: string | null | undefined;
  readonly isInside?: boolean | null | undefined;
}

const searchSchema = text({ max: 100 }).nullish();

/** What stewards read. Who may is decided by permissions.ts. */
export function createCheckInLists({ db }: { readonly db: Db }) {
  /** Who takes part, found by their names. */
  async function participants(eventId: string, filter: DoorFilter, page: Page): Promise<Registration[]> {
    const words = foldName(parseInput(searchSchema, filter.search) ?? '')
      .split(' ')
      .filter(Boolean);
    const conditions: Prisma.RegistrationWhereInput[] = [{ eventId, status: 'CONFIRMED' }, page.where];
    if (words.length > 0) conditions.push({ userId: { in: await named(eventId, words) } });
    if (filter.isInside != null) {
      const inside = await db.checkIn.findMany({
        where: { eventId, isInside: true },
        select: { holderId: true },
      });
      const holders = inside.map(({ holderId }) => holderId);
      conditions.push({ userId: filter.isInside ? { in: holders } : { notIn: holders } });
    }
    return db.registration.findMany({ where: { AND: conditions }, orderBy: page.orderBy, take: page.take });
  }

  /** Participants whose name holds every word. */
  async function named(eventId: string, words: readonly string[]): Promise<string[]> {
    const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
    const found = await db.$queryRaw<{ userId: string }[]>`
      SELECT p.user_id AS "userId" FROM registrations r JOIN people p ON p.user_id = r.user_id
      WHERE r.event_id = ${eventId}::uuid AND r.status = 'CONFIRMED' AND p.name_key LIKE ALL (${patterns}::text[])`;
    return found.map(({ userId }) => userId);
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
