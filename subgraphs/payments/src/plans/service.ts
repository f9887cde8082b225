import type { Page } from '@diaspora/kit';
import type { Plan } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';

export type Plans = ReturnType<typeof createPlans>;

/** The catalogue. Offers are rows: a new price arrives by a migration that retires one version and adds the next. */
export function createPlans({ db }: { db: Db }) {
  const listOnOffer = (page: Page): Promise<Plan[]> =>
    db.plan.findMany({
      where: { AND: [{ retiredAt: null }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const findOnOffer = (tx: Transaction, code: string): Promise<Plan | null> =>
    tx.plan.findFirst({ where: { code, retiredAt: null } });

  return { listOnOffer, findOnOffer };
}
