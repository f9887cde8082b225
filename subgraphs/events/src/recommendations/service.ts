import {
  AppError,
  decodeCursor,
  parsePage,
  type Clock,
  type ConnectionArgs,
  type Page,
  type Viewer,
} from '@diaspora/kit';
import {
  beyondCursor,
  currentRows,
  eventOrders,
  listedRows,
  orderSql,
  readEvents,
  visibleTo,
  type OrderColumn,
} from '../catalog/index.js';
import { Prisma, type Db } from '../database.js';
import { reasons, type Liking, type Reason, type RecommendedEvent } from './rules.js';

export type Recommendations = ReturnType<typeof createRecommendations>;

const { sql } = Prisma;
/** How many people and fields of a person are looked at. */
const mostFacts = 500;

/** What a row of events has to be like for a reason. */
const conditions: Record<Reason, (liking: Liking) => Prisma.Sql> = {
  FOLLOWED_HOST: ({ followedIds }) =>
    sql`(organizer_id = ANY(${followedIds}::uuid[]) OR co_host_ids && ${followedIds}::uuid[])`,
  KNOWN_ORGANIZER: ({ knownOrganizerIds }) => sql`organizer_id = ANY(${knownOrganizerIds}::uuid[])`,
  IN_YOUR_CITY: ({ cityKey, countryCode }) =>
    sql`(city_key = ${cityKey} AND city_key <> '' AND country_code = ${countryCode ?? ''})`,
  YOUR_FIELD: ({ domains }) => sql`domain::text = ANY(${domains}::text[])`,
  IN_YOUR_COUNTRY: ({ countryCode }) => sql`country_code = ${countryCode ?? ''}`,
  POPULAR: () => sql`popularity > 0`,
};

const rank: OrderColumn = { field: 'rank', direction: 'asc', type: 'number', sql: sql`rank`, cast: 'int' };
const columns: readonly OrderColumn[] = [rank, ...eventOrders.STARTS_AT_ASC];

/** Events a person may like. */
export function createRecommendations({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  /**
   * Reason by reason, each read by its own index and without what a stronger one has brought, until the page is full:
   * an event is in the list once, and a page begins where the one before it ended.
   */
  async function list(
    viewer: Viewer,
    args: ConnectionArgs,
  ): Promise<{ rows: RecommendedEvent[]; page: Page }> {
    const page = parsePage(args, columns);
    const liking = await likingOf(viewer.id);
    const first = args.after == null ? 0 : rankIn(args.after);
    const found: { id: string; rank: number }[] = [];
    for (let index = first; index < reasons.length && found.length < page.take; index++) {
      const isBegun = args.after != null && index === first;
      const beyond = isBegun ? beyondCursor(columns, page, args) : sql`TRUE`;
      const ids = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM (SELECT *, ${index}::int AS rank FROM events) AS events
        WHERE ${matching(index, liking)} AND ${beyond} AND ${candidates(viewer)}
        ORDER BY ${orderSql(eventOrders.STARTS_AT_ASC, page)} LIMIT ${page.take - found.length}`;
      found.push(...ids.map(({ id }) => ({ id, rank: index })));
    }
    return { rows: await readEvents(db, visibleTo(viewer, clock.now()), found), page };
  }

  function rankIn(cursor: string): number {
    const rank = Number(decodeCursor(cursor, columns)[0]);
    if (reasons[rank]) return rank;
    throw new AppError('INVALID_INPUT', 'This cursor does not belong to this list.', { path: ['after'] });
  }

  const matching = (index: number, liking: Liking): Prisma.Sql => {
    const stronger = reasons.slice(0, index).map((reason) => sql`NOT ${conditions[reason](liking)}`);
    return Prisma.join([conditions[reasons[index]!](liking), ...stronger], ' AND ');
  };

  const candidates = (viewer: Viewer): Prisma.Sql => sql`${currentRows(clock.now())} AND ${listedRows(viewer)}
    AND starts_at > ${clock.now()}
    AND organizer_id <> ${viewer.id}::uuid AND NOT co_host_ids @> ARRAY[${viewer.id}::uuid]
    AND NOT EXISTS (SELECT FROM registrations r WHERE r.event_id = events.id AND r.user_id = ${viewer.id}::uuid)
    AND NOT EXISTS (SELECT FROM blocks b WHERE b.is_active AND (
      (b.blocker_id = events.organizer_id AND b.blocked_id = ${viewer.id}::uuid)
      OR (b.blocker_id = ${viewer.id}::uuid AND b.blocked_id = events.organizer_id)))`;

  async function likingOf(viewerId: string): Promise<Liking> {
    const [person, follows, been] = await Promise.all([
      db.person.findUnique({ where: { userId: viewerId } }),
      db.follow.findMany({ where: { followerId: viewerId, isActive: true }, take: mostFacts }),
      db.$queryRaw<{ organizerId: string; domain: string }[]>`
        SELECT DISTINCT e.organizer_id AS "organizerId", e.domain::text AS domain
        FROM registrations r JOIN events e ON e.id = r.event_id
        WHERE r.user_id = ${viewerId}::uuid AND r.status = 'CONFIRMED' LIMIT ${mostFacts}`,
    ]);
    return {
      followedIds: follows.map(({ followedId }) => followedId),
      knownOrganizerIds: [...new Set(been.map(({ organizerId }) => organizerId))],
      domains: [...new Set([...(person?.domains ?? []), ...been.map(({ domain }) => domain)])],
      countryCode: person?.countryCode ?? null,
      cityKey: person?.cityKey ?? '',
    };
  }

  return { list };
}
