import { AppError, idempotent, parseInput, type Audit, type Clock } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { creditGrantIds, userIds } from '../ids.js';
import { addLine, type CreditAccounts } from './account.js';
import { bonusInput, priorities, type GrantKind } from './rules.js';

export type CreditGranting = ReturnType<typeof createCreditGranting>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly accounts: CreditAccounts;
}

export interface Grant {
  readonly userId: string;
  readonly kind: GrantKind;
  readonly amount: number;
  /** Null for never. */
  readonly expiresAt: Date | null;
  /** What it is given for: the same is given once. */
  readonly source: string;
}

export interface Bonus {
  readonly idempotencyKey: string;
  readonly userId: string;
  readonly amount: number;
  readonly expiresAt: Date | null;
  readonly reason: string;
}

const batchSize = 200;

/** Where credits come from and where they end: months of plans, gifts, and orders of them once they are sold. */
export function createCreditGranting({ db, clock, audit, accounts }: Dependencies) {
  /** In the transaction of what the credits are for. The same source again gives nothing. */
  async function grant(tx: Transaction, { userId, kind, amount, expiresAt, source }: Grant): Promise<void> {
    await accounts.open(tx, userId);
    const at = clock.now();
    const row = { id: creditGrantIds.create(), userId, kind, amount, remaining: amount, createdAt: at };
    const [created] = await tx.creditGrant.createManyAndReturn({
      data: [{ ...row, priority: priorities[kind], expiresAt, source }],
      skipDuplicates: true,
    });
    if (!created) return;
    await addLine(tx, { userId, kind: 'GRANTED', amount, grantId: created.id, at });
    const about = { kind, amount, expiresAt: expiresAt?.toISOString() ?? null };
    await accounts.tell(tx, 'credits.granted', userId, about);
  }

  /** What a plan gave for a month and is not used ends now: the plan is over, or another month has begun. */
  async function endPlanGrants(tx: Transaction, userId: string): Promise<void> {
    const at = clock.now();
    const where = { userId, kind: 'PLAN', expiresAt: { gt: at } } as const;
    if ((await tx.creditGrant.count({ where })) === 0) return;
    await accounts.open(tx, userId);
    await tx.creditGrant.updateMany({ where, data: { expiresAt: at } });
    await accounts.open(tx, userId);
  }

  /** A gift of a super user, who is on record with the reason. Answers what the person has now. */
  async function grantBonus(actorId: string, input: Bonus): Promise<number> {
    const { idempotencyKey: key, amount, reason } = parseInput(bonusInput, input);
    const { userId, expiresAt } = input;
    if (expiresAt && expiresAt <= clock.now())
      throw new AppError('INVALID_INPUT', 'The end lies in the past.', { path: ['expiresAt'] });
    const request = { userId, amount, reason, expiresAt: expiresAt?.toISOString() };
    const call = { actor: actorId, operation: 'grantBonusCredits', key, request };
    return db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const source = `bonus:${actorId}:${key}`;
        await grant(tx, { userId, kind: 'BONUS', amount, expiresAt, source });
        await audit.record(tx, {
          action: 'credits.granted',
          subject: { type: 'User', id: userIds.encode(userId) },
          personId: userId,
          after: { kind: 'BONUS', amount, expiresAt },
          reason,
        });
        return accounts.available(tx, userId);
      }),
    );
  }

  /** The job: writes down what ended for whom nothing else was written since. Balances are right without it. */
  async function writeOverdue(): Promise<void> {
    for (let due = await overdue(); due.length > 0; due = await overdue()) {
      for (const userId of due) await db.$transaction((tx) => accounts.open(tx, userId));
    }
  }

  async function overdue(): Promise<string[]> {
    const now = clock.now();
    const rows = await db.$queryRaw<{ userId: string }[]>`
      (SELECT user_id AS "userId" FROM credit_reservations
       WHERE status = 'RESERVED' AND expires_at <= ${now} ORDER BY expires_at LIMIT ${batchSize})
      UNION
      (SELECT user_id FROM credit_grants
       WHERE remaining > 0 AND expires_at <= ${now} ORDER BY expires_at LIMIT ${batchSize})`;
    return rows.map(({ userId }) => userId);
  }

  return { grant, endPlanGrants, grantBonus, writeOverdue };
}
