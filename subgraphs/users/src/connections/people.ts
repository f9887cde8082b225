import {
  createFirstPageLoaders,
  decodeCursor,
  orderOf,
  parsePage,
  toConnection,
  type Connection,
  type ConnectionArgs,
  type FirstPage,
  type Loader,
  type SortKey,
  type Viewer,
} from '@diaspora/kit';
import { Prisma, type Db } from '../database.js';
import { notBlocked } from './not-blocked.js';

/** Somebody in a list of people, and since when. */
export interface Member {
  readonly ownerId: string;
  readonly memberId: string;
  readonly since: Date;
}

export type PeopleList = 'friends' | 'following' | 'followers' | 'muted' | 'blocked';

/** Whose list it is, who is in it, and what makes a tie part of it. */
const columnsOf: Readonly<Record<PeopleList, readonly [owner: string, member: string, since: string]>> = {
  friends: ['person_id', 'other_id', 'friends_since'],
  following: ['person_id', 'other_id', 'following_since'],
  followers: ['other_id', 'person_id', 'following_since'],
  muted: ['person_id', 'other_id', 'muted_since'],
  blocked: ['person_id', 'other_id', 'blocked_since'],
};

/** Lists that nobody else sees show whoever is in them. */
const ofOwnersOnly: ReadonlySet<PeopleList> = new Set(['muted', 'blocked']);

const newestFirst: readonly SortKey[] = [
  { field: 'since', direction: 'desc', type: 'date' },
  { field: 'memberId', direction: 'desc', type: 'uuid' },
];

export interface People {
  /** A page of somebody's list, as the viewer may see it: the first pages of many people's lists are one statement. */
  page(list: PeopleList, ownerId: string, args: ConnectionArgs): Promise<Connection<Member>>;
}

/** The lists of one operation. */
export function createPeople(db: Db, viewer: Viewer | null): People {
  const firstPages = new Map<PeopleList, (page: FirstPage) => Loader<string, Member[]>>();
  const firstPageOf = (list: PeopleList) => {
    const known =
      firstPages.get(list) ??
      createFirstPageLoaders(
        (ownerIds: readonly string[], page) => read({ list, ownerIds, page, beyond: null }),
        ({ ownerId }: Member) => ownerId,
      );
    firstPages.set(list, known);
    return known;
  };
  const read = (question: Omit<Question, 'viewer'>) =>
    db.$queryRaw<Member[]>(peopleStatement({ ...question, viewer }));

  return {
    page: async (list, ownerId, args) => {
      const page = parsePage(args, newestFirst);
      const cursor = page.forward ? args.after : args.before;
      const members =
        cursor == null
          ? firstPageOf(list)(page).load(ownerId)
          : read({ list, ownerIds: [ownerId], page, beyond: decodeCursor(cursor, newestFirst) });
      return toConnection(await members, page);
    },
  };
}

export interface Question {
  readonly list: PeopleList;
  readonly ownerIds: readonly string[];
  readonly viewer: Viewer | null;
  readonly page: FirstPage;
  /** Since when and who the one before the page is. */
  readonly beyond: readonly unknown[] | null;
}

export function peopleStatement({ list, ownerIds, viewer, page, beyond }: Question): Prisma.Sql {
  const [owner, member, since] = columnsOf[list].map((name) => Prisma.raw(`t.${name}`));
  const comparison = Prisma.raw(page.orderBy[0]?.['since'] === 'desc' ? '<' : '>');
  const conditions = [
    Prisma.sql`${owner} = owner.id AND ${since} IS NOT NULL`,
    ...(beyond
      ? [Prisma.sql`(${since}, ${member}) ${comparison} (${beyond[0]}::timestamptz, ${beyond[1]}::uuid)`]
      : []),
    ...(viewer && !ofOwnersOnly.has(list) ? [notBlocked(viewer, member!)] : []),
  ];
  return Prisma.sql`
    SELECT owner.id AS "ownerId", member.member_id AS "memberId", member.since
    FROM unnest(${[...ownerIds]}::uuid[]) AS owner (id)
    CROSS JOIN LATERAL (
      SELECT ${member} AS member_id, ${since} AS since FROM ties t WHERE ${Prisma.join(conditions, ' AND ')}
      ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
    ) AS member`;
}
