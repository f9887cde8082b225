import { AppError, parseInput, type Audit, type AuditAction, type Clock } from '@diaspora/kit';
import type { Plan } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { planIds } from '../ids.js';
import { assertSameOffer, newVersion, type NewVersion } from './rules.js';

export type PlanAdministration = ReturnType<typeof createPlanAdministration>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

interface Expectation {
  readonly code: string;
  readonly expectedVersion: number;
}

/** What super users do to the catalogue. Versions are added and retired, never changed. */
export function createPlanAdministration({ db, clock, audit }: Dependencies) {
  /** The version on offer is retired and the next one offered at the same moment: there is no time without an offer. */
  async function createVersion(input: Expectation & Record<string, unknown>): Promise<Plan> {
    const { expectedVersion, ...given } = input;
    const offer = parseInput(newVersion, given);
    return db.$transaction(async (tx) => {
      const newest = await newestAsExpected(tx, { code: offer.code, expectedVersion });
      if (newest) assertSameOffer(newest, offer);
      if (newest && !newest.retiredAt) await retireVersion(tx, newest);
      const [created] = await tx.plan.createManyAndReturn({
        data: [{ id: planIds.create(), version: expectedVersion + 1, ...columnsOf(offer) }],
        skipDuplicates: true,
      });
      if (!created) throw conflict(await newestOf(tx, offer.code));
      await record(tx, 'plan.versionCreated', created, { before: newest ? termsOf(newest) : {} });
      return created;
    });
  }

  async function retire({ code, expectedVersion }: Expectation): Promise<Plan> {
    return db.$transaction(async (tx) => {
      const plan = await newestAsExpected(tx, { code, expectedVersion });
      if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan.', { path: ['code'] });
      if (plan.retiredAt) return plan;
      const retired = await retireVersion(tx, plan);
      await record(tx, 'plan.retired', retired, { before: termsOf(plan) });
      return retired;
    });
  }

  const retireVersion = (tx: Transaction, { id }: Plan) =>
    tx.plan.update({ where: { id }, data: { retiredAt: clock.now() } });

  /** Under a lock on the newest version: whoever comes second sees what the first one did. */
  async function newestAsExpected(
    tx: Transaction,
    { code, expectedVersion }: Expectation,
  ): Promise<Plan | null> {
    await tx.$executeRaw`
      SELECT 1 FROM plans WHERE code = ${code} ORDER BY version DESC LIMIT 1 FOR NO KEY UPDATE`;
    const newest = await newestOf(tx, code);
    if ((newest?.version ?? 0) !== expectedVersion) throw conflict(newest);
    return newest;
  }

  const newestOf = (tx: Transaction, code: string): Promise<Plan | null> =>
    tx.plan.findFirst({ where: { code }, orderBy: { version: 'desc' } });

  const conflict = (plan: Plan | null) =>
    new AppError('CONFLICT', 'There is another version of this plan.', {
      path: ['expectedVersion'],
      payload: { plan },
    });

  const record = (
    tx: Transaction,
    action: AuditAction,
    plan: Plan,
    { before }: { before: Record<string, unknown> },
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'Plan', id: planIds.encode(plan.id) },
      before,
      after: termsOf(plan),
    });

  return { createVersion, retire };
}

const columnsOf = ({ priceMinor, interval, ...offer }: NewVersion) => ({
  ...offer,
  amountMinor: priceMinor,
  interval: interval ?? null,
});

/** A plan as JSON. */
const termsOf = ({ id: _id, amountMinor, ...terms }: Plan) => ({
  ...terms,
  amountMinor: String(amountMinor),
});
