import { addJob, AppError, type Audit, type Clock, type Logger, type Outbox } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { userIds } from '../ids.js';
import { mailAboutPrivacy } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import type { Sessions } from '../sessions/index.js';
import { assertCanGo, lockErasure, recordErasure } from './erasures.js';
import { againMs, reminderMs, type ErasureWithParts } from './rules.js';

export interface AdvancingDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
  readonly sessions: Pick<Sessions, 'endAll'>;
}

const open = { cancelledAt: null, completedAt: null };

/** What time does to erasures. Every step looks again under the lock of its row, so that two workers make one step. */
export function createAdvancing(dependencies: AdvancingDependencies) {
  const { db, clock, outbox, audit, epochs, sessions } = dependencies;
  const before = (ms: number) => new Date(clock.now().getTime() - ms);

  /** The job. One erasure that fails does not hold up the others. */
  async function advance(log: Pick<Logger, 'error'>): Promise<void> {
    await remind();
    await askAgain();
    const due = await db.erasure.findMany({
      where: { ...open, begunAt: null, dueAt: { lte: clock.now() } },
      orderBy: { dueAt: 'asc' },
    });
    for (const { id, personId } of due)
      await begin(id, personId).catch(async (error: unknown) => {
        if (error instanceof AppError) return refuse(id, error);
        log.error({ err: error, erasureId: id }, 'An erasure could not begin; it is tried again');
      });
  }

  /** From here on there is no way back: the account is closed at once, and everybody is told to erase. */
  async function begin(id: string, personId: string): Promise<void> {
    const epoch = await db.$transaction(async (tx) => {
      await assertCanGo(tx, personId);
      const raised = await epochs.raise(tx, personId);
      const erasure = await lockErasure(tx, id);
      if (!erasure || erasure.cancelledAt || erasure.begunAt) return null;
      await close(tx, erasure);
      await ask(tx, erasure);
      await recordErasure(audit, tx, 'erasure.begun', erasure);
      return raised;
    });
    if (epoch !== null) await epochs.announce(personId, epoch);
  }

  async function close(tx: Transaction, { id, personId }: ErasureWithParts): Promise<void> {
    const now = clock.now();
    const { email, profile } = await tx.account.findUniqueOrThrow({
      where: { id: personId },
      include: { profile: true },
    });
    await tx.account.update({
      where: { id: personId },
      data: { erasedAt: now, emailVerifiedAt: null, isSuperUser: false, eventOwnerSince: null },
    });
    await sessions.endAll(tx, personId, { reason: 'ACCOUNT_ERASED' });
    await tx.erasure.update({
      where: { id },
      data: {
        begunAt: now,
        email,
        languages: profile?.languages ?? [],
        refusalCode: null,
        refusalMessage: null,
      },
    });
  }

  async function ask(tx: Transaction, { id, personId }: Pick<ErasureWithParts, 'id' | 'personId'>) {
    const userId = userIds.encode(personId);
    await outbox.publish(tx, {
      type: 'user.erasureRequested',
      key: userId,
      data: { erasureId: id, userId },
    });
    await tx.erasure.update({ where: { id }, data: { askedAt: clock.now() } });
  }

  /** Somebody would be missing: it is tried again each day, and the person is told the first time. */
  async function refuse(id: string, { code, message }: AppError): Promise<void> {
    await db.$transaction(async (tx) => {
      const erasure = await lockErasure(tx, id);
      if (!erasure || erasure.cancelledAt || erasure.begunAt) return;
      const dueAt = new Date(clock.now().getTime() + againMs);
      await tx.erasure.update({ where: { id }, data: { refusalCode: code, refusalMessage: message, dueAt } });
      if (!erasure.refusalCode) await addJob(tx, mailAboutPrivacy, { kind: 'erasureRefused', id });
    });
  }

  async function remind(): Promise<void> {
    const near = new Date(clock.now().getTime() + reminderMs);
    const where = { ...open, begunAt: null, remindedAt: null, endsAt: { lte: near, gt: clock.now() } };
    for (const { id } of await db.erasure.findMany({ where }))
      await db.$transaction(async (tx) => {
        const { count } = await tx.erasure.updateMany({
          where: { ...where, id },
          data: { remindedAt: clock.now() },
        });
        if (count > 0) await addJob(tx, mailAboutPrivacy, { kind: 'erasureNear', id });
      });
  }

  /** A subgraph whose work was given up, or that lost the question, gets it anew. */
  async function askAgain(): Promise<void> {
    const where = { ...open, begunAt: { not: null }, askedAt: { lte: before(againMs) } };
    for (const { id } of await db.erasure.findMany({ where }))
      await db.$transaction(async (tx) => {
        const erasure = await lockErasure(tx, id);
        if (erasure && !erasure.completedAt) await ask(tx, erasure);
      });
  }

  return { advance };
}
