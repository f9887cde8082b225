import { AppError, type Page } from '@diaspora/kit';
import type { Plan, PlanAudience } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';

export type Plans = ReturnType<typeof createPlans>;

/** What a person was shown of a plan: which version, or when. */
interface Shown {
  readonly version?: number | null | undefined;
  readonly since?: Date | null;
}

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

  /**
   * The version on offer, for a person to subscribe to. Throws NOT_FOUND, NOT_FOR_SALE or INVALID_INPUT, and
   * QUOTE_OUTDATED when the person was shown another one.
   */
  async function findForSale(tx: Transaction, code: string, shown: Shown = {}): Promise<Plan> {
    const plan = await tx.plan.findFirst({ where: { code, retiredAt: null } });
    const path = ['planCode'];
    if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan on offer.', { path });
    if (plan.audience !== 'PERSON')
      throw new AppError('NOT_FOR_SALE', 'Plans for workspaces are not sold yet.', { path });
    if (!plan.interval) throw new AppError('INVALID_INPUT', 'This plan needs no subscription.', { path });
    if (await isOther(tx, plan, shown))
      throw new AppError('QUOTE_OUTDATED', 'This plan has another offer by now. Look at it again.', { path });
    return plan;
  }

  /** A version takes the place of the one before at the moment at which that one retires. */
  async function isOther(
    tx: Transaction,
    { code, version }: Plan,
    { version: seen = null, since = null }: Shown,
  ): Promise<boolean> {
    if (seen !== null && seen !== version) return true;
    return since !== null && (await tx.plan.count({ where: { code, retiredAt: { gt: since } } })) > 0;
  }

  return { listOnOffer, listVersions, findForSale };
}
