import { createRowLoader, type Clock, type Loader, type Page, type Viewer } from '@diaspora/kit';
import type { CreditReservation, Prisma } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { balanceAt, type Balance } from './account.js';

const about = { grant: true, reservation: true } satisfies Prisma.CreditEntryInclude;
export type EntryWithCause = Prisma.CreditEntryGetPayload<{ include: typeof about }>;

export interface CreditLoaders {
  /** The viewer's own credits, by person; null for everybody else's. */
  readonly creditBalance: Loader<string, (Balance & { readonly userId: string }) | null>;
  /** A reservation by key, for the program that made it. */
  readonly creditReservation: Loader<string, CreditReservation | null>;
  /** A page of the viewer's own history; null for everybody else's. */
  readonly creditHistory: (userId: string, page: Page) => Promise<EntryWithCause[] | null>;
}

export const createCreditLoaders = (db: Db, clock: Clock, viewer: Viewer | null): CreditLoaders => ({
  creditBalance: createRowLoader(
    async (userIds) =>
      viewer && userIds.includes(viewer.id)
        ? [{ userId: viewer.id, ...(await balanceAt(db, viewer.id, clock.now())) }]
        : [],
    ({ userId }) => userId,
  ),
  creditReservation: createRowLoader(
    async (ids) =>
      viewer ? db.creditReservation.findMany({ where: { id: { in: [...ids] }, spenderId: viewer.id } }) : [],
    ({ id }) => id,
  ),
  creditHistory: async (userId, page) =>
    viewer?.id === userId
      ? db.creditEntry.findMany({
          where: { AND: [{ userId }, page.where] },
          orderBy: page.orderBy,
          take: page.take,
          include: about,
        })
      : null,
});
