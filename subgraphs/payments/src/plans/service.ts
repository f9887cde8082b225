import { AppError, type Page } from '@diaspora/kit';
import type { Plan, PlanAudience } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';

export type Plans = ReturnType<typeof createPlans>;

/** The catalogue as it is read. */
export function createPlans({ db }: { db: Db }) {
  const listOnOffer = (audience: PlanAudience, page: Page): Promise<Plan[]> =>
    db.plan.findMany({
      where: { AND: [{ retiredAt: null, audience }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const listVersions = (code: string, page: Page): Promise<Plan[]> =>
    db.plan.findMany({ where: { AND: [{ code }, page.where] }, orderBy: page.orderBy, take: page.take });

  /** The version on offer, for a person to subscribe to. Throws NOT_FOUND, NOT_FOR_SALE or INVALID_INPUT. */
  async function findForSale(tx: Transaction, code: string): Promise<Plan> {
    const plan = await tx.plan.findFirst({ where: { code, retiredAt: null } });
    const path = ['planCode'];
    if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan on offer.', { path });
    if (plan.audience !== 'PERSON')
      throw new AppError('NOT_FOR_SALE', 'Plans for workspaces are not sold yet.', { path });
    if (!plan.interval) throw new AppError('INVALID_INPUT', 'This plan needs no subscription.', { path });
    return plan;
  }

  return { listOnOffer, listVersions, findForSale };
}
