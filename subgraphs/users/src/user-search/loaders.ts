import { createGroupLoader, createRowLoader, type Audit, type Clock, type Loader } from '@diaspora/kit';
import type { Account, Suspension } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';

/** What the platform knows of an account beside its profile. */
export type Administration = Account & {
  readonly openSessions: number;
  readonly lastUsedAt: Date | null;
};

export interface UserSearchLoaders {
  readonly administration: Loader<string, Administration | null>;
  /** Newest first. */
  readonly suspensions: Loader<string, Suspension[]>;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

const mostSuspensions = 1_000;

export const createUserSearchLoaders = ({ db, clock, audit }: Dependencies): UserSearchLoaders => ({
  administration: createRowLoader(
    (ids) =>
      db.$transaction(async (tx) => {
        await recordReading(tx, audit, ids);
        return readAccounts(tx, ids, clock.now());
      }),
    ({ id }) => id,
  ),
  suspensions: createGroupLoader(
    (ids) =>
      db.suspension.findMany({
        where: { accountId: { in: [...ids] } },
        orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
        take: mostSuspensions,
      }),
    ({ accountId }) => accountId,
  ),
});

/** A line for what was read at once, a whole page of people perhaps. */
const recordReading = (tx: Transaction, audit: Audit, ids: readonly string[]): Promise<void> => {
  const userIdsRead = ids.map((id) => userIds.encode(id));
  const [only] = ids.length === 1 ? ids : [];
  return audit.record(tx, {
    action: 'administration.read',
    subject: { type: 'User', id: only ? userIdsRead[0]! : 'several' },
    personId: only ?? null,
    after: { userIds: userIdsRead },
  });
};

async function readAccounts(tx: Transaction, ids: readonly string[], now: Date): Promise<Administration[]> {
  const accounts = await tx.account.findMany({ where: { id: { in: [...ids] }, erasedAt: null } });
  const sessions = await tx.$queryRaw<{ id: string; open: number; lastUsedAt: Date }[]>`
    SELECT account_id AS id, max(last_used_at) AS "lastUsedAt",
      count(*) FILTER (WHERE revoked_at IS NULL AND expires_at > ${now})::int AS open
    FROM sessions WHERE account_id = ANY (${[...ids]}::uuid[]) GROUP BY account_id`;
  const byId = new Map(sessions.map((row) => [row.id, row]));
  return accounts.map((account) => ({
    ...account,
    openSessions: byId.get(account.id)?.open ?? 0,
    lastUsedAt: byId.get(account.id)?.lastUsedAt ?? null,
  }));
}
