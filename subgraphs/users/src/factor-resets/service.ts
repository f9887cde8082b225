import { addJob, AppError, onJob, parseInput } from '@diaspora/kit';
import type { Audit, Origin, Outbox, Page, Viewer } from '@diaspora/kit';
import { lockAccount } from '../accounts/index.js';
import type { FactorReset } from '../__generated__/prisma/client.js';
import type { Attempts } from '../budgets/index.js';
import type { LetterKeys } from '../codes/index.js';
import type { Transaction } from '../database.js';
import { factorResetIds, userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { assertSignedInRecently } from '../sessions/index.js';
import { assertSuperUser } from '../super-users/index.js';
import { createFiring, fireFactorReset, type FiringDependencies } from './firing.js';
import type { FactorResetLetters } from './letters.js';
import { assertMayConfirm, assertMayOpen, openInput, refusalMs, takesTwo } from './rules.js';

interface Dependencies extends FiringDependencies {
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly outbox: Outbox<UsersMessages>;
  readonly letters: FactorResetLetters;
  readonly resetKeys: LetterKeys;
}

/** The way back for whoever lost the authenticator app and the recovery codes (ADR 44). */
export function createFactorResets(dependencies: Dependencies) {
  const { db, clock, audit, attempts, outbox, letters, resetKeys, resetEnds } = dependencies;

  async function open(viewer: Viewer, input: { accountId: string; reason: string }): Promise<FactorReset> {
    const { accountId, reason } = parseInput(openInput, input);
    return db.$transaction(async (tx) => {
      await assertActing(tx, viewer);
      const account = await lockAccount(tx, accountId);
      const openedAt = clock.now();
      assertMayOpen(account, viewer.id, openedAt);
      const dueAt = new Date(openedAt.getTime() + refusalMs);
      const who = { accountId, openedBy: viewer.id, needsTwo: takesTwo(account, openedAt) };
      // The partial unique index decides that one at a time is open.
      const [reset] = await tx.factorReset.createManyAndReturn({
        data: [{ id: factorResetIds.create(), ...who, reason, openedAt, dueAt }],
        skipDuplicates: true,
      });
      if (!reset) throw new AppError('CONFLICT', 'A reset for this person is open.', { path: ['userId'] });
      await tell(tx, reset);
      return reset;
    });
  }

  async function assertActing(tx: Transaction, viewer: Viewer): Promise<void> {
    await assertSuperUser(tx, viewer.id);
    await assertSignedInRecently(tx, viewer, clock.now());
  }

  async function tell(tx: Transaction, reset: FactorReset): Promise<void> {
    const { id, accountId, dueAt } = reset;
    await note(tx, 'factorReset.opened', reset);
    const userId = userIds.encode(accountId);
    const data = { resetId: factorResetIds.encode(id), userId, dueAt: dueAt.toISOString() };
    await outbox.publish(tx, { type: 'factorReset.opened', key: userId, data });
    await letters.announce(tx, id, 'factorResetOpened');
    await addJob(tx, fireFactorReset, { resetId: id }, { runAt: dueAt });
  }

  const note = (tx: Transaction, action: string, { id, accountId, dueAt, reason }: FactorReset) =>
    audit.record(tx, {
      action,
      subject: { type: 'FactorReset', id: factorResetIds.encode(id) },
      personId: accountId,
      after: { dueAt: dueAt.toISOString() },
      reason,
    });

  const confirm = (viewer: Viewer, resetId: string): Promise<FactorReset> =>
    db.$transaction(async (tx) => {
      await assertActing(tx, viewer);
      const reset = await lock(tx, { id: resetId });
      if (reset.confirmedBy === viewer.id) return reset;
      assertMayConfirm(reset, viewer.id, clock.now());
      if (reset.confirmedBy)
        throw new AppError('CONFLICT', 'Somebody else confirmed it.', { path: ['resetId'] });
      await note(tx, 'factorReset.confirmed', reset);
      return tx.factorReset.update({ where: { id: resetId }, data: { confirmedBy: viewer.id } });
    });

  const withdraw = (viewer: Viewer, resetId: string): Promise<FactorReset> =>
    db.$transaction(async (tx) => {
      await assertSuperUser(tx, viewer.id);
      return end(tx, await lock(tx, { id: resetId }), 'WITHDRAWN');
    });

  const refuse = (viewer: Viewer, resetId: string): Promise<FactorReset> =>
    db.$transaction(async (tx) => end(tx, await lock(tx, { id: resetId, accountId: viewer.id }), 'REFUSED'));

  /** By the key from the mail or the text: of the account nothing is told. */
  async function refuseByKey(input: { key: string }, origin: Origin): Promise<void> {
    await attempts.request(origin);
    const id = resetKeys.read(input.key);
    if (!id) throw uselessKey();
    await db.$transaction(async (tx) => end(tx, await lock(tx, { id }, 'key'), 'REFUSED'));
  }

  /** As nobody else can change it until the transaction ends: its end and whatever voids it take turns. */
  async function lock(
    tx: Transaction,
    which: { id: string; accountId?: string },
    named = 'resetId',
  ): Promise<FactorReset> {
    const known = await tx.factorReset.findFirst({ where: which });
    if (!known) throw new AppError('NOT_FOUND', 'There is no such reset.', { path: [named] });
    await lockAccount(tx, known.accountId);
    return tx.factorReset.findUniqueOrThrow({ where: { id: known.id } });
  }

  /** Once more the same end answers the same. */
  async function end(
    tx: Transaction,
    reset: FactorReset,
    status: 'REFUSED' | 'WITHDRAWN',
  ): Promise<FactorReset> {
    if (reset.status === status) return reset;
    if (reset.status !== 'OPEN') throw new AppError('CONFLICT', 'This reset has ended already.');
    return resetEnds.close(tx, reset, status);
  }

  return {
    open,
    confirm,
    withdraw,
    refuse,
    refuseByKey,
    openOf: (accountId: string): Promise<FactorReset | null> =>
      db.factorReset.findFirst({ where: { accountId, status: 'OPEN' } }),
    list: (status: FactorReset['status'] | null, page: Page): Promise<FactorReset[]> =>
      db.factorReset.findMany({
        where: { AND: [status ? { status } : {}, page.where] },
        orderBy: page.orderBy,
        take: page.take,
      }),
    jobs: { ...onJob(fireFactorReset, createFiring(dependencies)), ...letters.jobs },
  };
}

const uselessKey = () => new AppError('INVALID_INPUT', 'This key is wrong.', { path: ['key'] });
