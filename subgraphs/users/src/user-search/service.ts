import {
  decodeCursor,
  parseInput,
  parsePage,
  type Audit,
  type Clock,
  type ConnectionArgs,
  type SortKey,
} from '@diaspora/kit';
import type { Account, Profile } from '../__generated__/prisma/client.js';
import { recordedFilter } from '../audit/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { matching, standingOf, userSearchFilter, type UserSearchFilter } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** Somebody found, with what the order goes by. */
export type Found = Profile & { readonly createdAt: Date; readonly id: string };

export const newestFirst: readonly SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

const { sql, join, empty } = Prisma;

/** People as whoever runs the platform looks for them. */
export function createUserSearch({ db, clock, audit }: Dependencies) {
  /** Whoever looks is on record in the same transaction. */
  async function find(given: unknown, args: ConnectionArgs): Promise<Found[]> {
    const filter = parseInput(userSearchFilter, given);
    const statement = searchStatement(filter, args, clock.now());
    return db.$transaction(async (tx) => {
      const found = await tx.$queryRaw<{ id: string; createdAt: Date }[]>(statement);
      await audit.record(tx, {
        action: 'administration.searched',
        subject: { type: 'User', id: 'search' },
        personId: filter.accountId ?? null,
        after: { filter: recordedFilter(filter, ['accountId', 'standings']), found: found.length },
      });
      return withProfiles(tx, found);
    });
  }

  return { find, standingOf: (account: Account) => standingOf(account, clock.now()) };
}

export function searchStatement(filter: UserSearchFilter, args: ConnectionArgs, now: Date): Prisma.Sql {
  const page = parsePage(args, newestFirst);
  const cursor = page.forward ? args.after : args.before;
  const [direction, beyond] = page.forward ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`];
  const conditions = matching(filter, now);
  if (cursor != null) {
    const [createdAt, id] = decodeCursor(cursor, newestFirst);
    conditions.push(sql`(a.created_at, a.id) ${beyond} (${createdAt}::timestamptz, ${id}::uuid)`);
  }
  return sql`
    SELECT a.id, a.created_at AS "createdAt" FROM accounts a JOIN profiles p ON p.account_id = a.id
    ${conditions.length > 0 ? sql`WHERE ${join(conditions, ' AND ')}` : empty}
    ORDER BY a.created_at ${direction}, a.id ${direction} LIMIT ${page.take}`;
}

async function withProfiles(
  tx: Transaction,
  found: readonly { id: string; createdAt: Date }[],
): Promise<Found[]> {
  const profiles = await tx.profile.findMany({ where: { accountId: { in: found.map(({ id }) => id) } } });
  const byId = new Map(profiles.map((profile) => [profile.accountId, profile]));
  return found.flatMap((row) => {
    const profile = byId.get(row.id);
    return profile ? [{ ...profile, ...row }] : [];
  });
}
