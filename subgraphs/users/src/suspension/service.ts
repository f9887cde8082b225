import {
  addJob,
  AppError,
  defineJob,
  onJob,
  parseInput,
  type Audit,
  type Clock,
  type Outbox,
} from '@diaspora/kit';
import { z } from 'zod';
import type { Account, Suspension } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { suspensionIds, userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import type { Offices } from '../offices/index.js';
import type { Sessions } from '../sessions/index.js';
import { assertNotLastOwner } from '../organization-members/index.js';
import { assertNotLastSuperUser, assertSuperUser } from '../super-users/index.js';
import type { Profiles } from '../profiles/index.js';
import type { SuspensionLetters } from './letters.js';
import {
  assertMayKeepOut,
  assertNotFinal,
  hasRunOut,
  isSaid,
  suspensionInput,
  terminationInput,
  type Sentence,
} from './rules.js';

const liftEndedSuspension = defineJob('liftEndedSuspension', z.object({ suspensionId: z.uuid() }));

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
  readonly letters: SuspensionLetters;
  readonly endSessions: Sessions['endAll'];
  readonly endOffices: Offices['endAllOf'];
  readonly showSuspended: Profiles['showSuspended'];
}

/** Whom the platform keeps out. What follows from it for sign-ins is `assertMaySignIn` of accounts. */
export function createSuspensions(dependencies: Dependencies) {
  const { db, clock, outbox, audit, epochs, letters, endSessions, endOffices, showSuspended } = dependencies;

  const suspend = (actorId: string, input: z.input<typeof suspensionInput>): Promise<Suspension> => {
    const { reason, endsAt = null, ...whom } = parseInput(suspensionInput, input);
    return keepOut(actorId, whom, { reason, endsAt, isFinal: false });
  };

  const terminate = (actorId: string, input: z.input<typeof terminationInput>): Promise<Suspension> => {
    const { reason, ...whom } = parseInput(terminationInput, input);
    return keepOut(actorId, whom, { reason, endsAt: null, isFinal: true });
  };

  async function keepOut(
    actorId: string,
    whom: { accountId: string; leavesOrganizationsOwnerless?: boolean | null | undefined },
    sentence: Sentence,
  ): Promise<Suspension> {
    const { accountId } = whom;
    const { suspension, epoch } = await db.$transaction(async (tx) => {
      await assertNotLastSuperUser(tx, accountId);
      await assertSuperUser(tx, actorId);
      if (!whom.leavesOrganizationsOwnerless) await assertNotLastOwner(tx, accountId);
      // Before the account is locked, as whoever ends an office does it.
      if (sentence.isFinal) await endOffices(tx, accountId, { endCause: 'REVOKED', reason: sentence.reason });
      const account = await lock(tx, accountId);
      assertMayKeepOut(account, sentence, clock.now());
      if (sentence.isFinal) await assertHoldsNoOffice(tx, accountId);
      const open = await endIfRunOut(tx, await findOpen(tx, accountId));
      if (open && isSaid(open, sentence)) return { suspension: open, epoch: 0 };
      if (open) assertNotFinal(open);
      const begun = await begin(tx, { ...sentence, accountId, suspendedBy: actorId }, open);
      return { suspension: begun, epoch: await apply(tx, begun, open) };
    });
    await epochs.announce(accountId, epoch);
    return suspension;
  }

  /** The account as nobody else can change it until the transaction ends: whoever signs in meanwhile waits. */
  async function lock(tx: Transaction, id: string): Promise<Account> {
    await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const account = await tx.account.findFirst({ where: { id, emailVerifiedAt: { not: null } } });
    if (!account) throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });
    return account;
  }

  /** Somebody may have been appointed after the offices were ended: nobody is from the lock on. */
  async function assertHoldsNoOffice(tx: Transaction, holderId: string): Promise<void> {
    if ((await tx.office.count({ where: { holderId, endedAt: null } })) > 0)
      throw new AppError('CONFLICT', 'An office was given to this person at this moment. Try again.');
  }

  const findOpen = (tx: Transaction, accountId: string): Promise<Suspension | null> =>
    tx.suspension.findFirst({ where: { accountId, endedAt: null } });

  /** One that is over although its job has not come to it. Answers the one that is not. */
  async function endIfRunOut(tx: Transaction, open: Suspension | null): Promise<Suspension | null> {
    if (!open || !hasRunOut(open, clock.now())) return open;
    await end(tx, open, null);
    return null;
  }

  /** Other words replace those before; a termination comes after them. */
  async function begin(
    tx: Transaction,
    data: Sentence & Pick<Suspension, 'accountId' | 'suspendedBy'>,
    open: Suspension | null,
  ): Promise<Suspension> {
    const now = clock.now();
    if (open && !data.isFinal) return tx.suspension.update({ where: { id: open.id }, data });
    if (open)
      await tx.suspension.update({
        where: { id: open.id },
        data: { endedAt: now, liftedBy: data.suspendedBy },
      });
    return tx.suspension.create({ data: { ...data, id: suspensionIds.create(), startedAt: now } });
  }

  /** What a suspension brings with it, under the account's lock. Answers the epoch to announce. */
  async function apply(tx: Transaction, suspension: Suspension, before: Suspension | null): Promise<number> {
    const { id, accountId, startedAt, endsAt, isFinal, reason } = suspension;
    await tx.account.update({
      where: { id: accountId },
      data: { suspendedAt: startedAt, suspendedUntil: endsAt, terminatedAt: isFinal ? startedAt : null },
    });
    const epoch = await epochs.raise(tx, accountId);
    await endSessions(tx, accountId, { reason: isFinal ? 'TERMINATED' : 'SUSPENDED' });
    const version = await showSuspended(tx, accountId, true);
    const userId = userIds.encode(accountId);
    const data = { userId, version, endsAt: written(endsAt), isFinal, at: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'user.suspended', key: userId, data });
    await audit.record(tx, {
      action: isFinal ? 'user.terminated' : 'user.suspended',
      subject: { type: 'User', id: userId },
      personId: accountId,
      ...(before && { before: { endsAt: written(before.endsAt), reason: before.reason } }),
      after: { endsAt: data.endsAt },
      reason,
    });
    await letters.announce(tx, {
      suspensionId: id,
      kind: isFinal ? 'accountTerminated' : 'accountSuspended',
    });
    // Also when there is none: the job of an earlier end finds nothing to do then.
    if (endsAt)
      await addJob(tx, liftEndedSuspension, { suspensionId: id }, { runAt: endsAt, jobKey: `lift:${id}` });
    return epoch;
  }

  async function lift(actorId: string, accountId: string): Promise<void> {
    await db.$transaction(async (tx) => {
      await assertSuperUser(tx, actorId);
      await lock(tx, accountId);
      const open = await endIfRunOut(tx, await findOpen(tx, accountId));
      if (!open) return;
      assertNotFinal(open);
      await end(tx, open, actorId);
    });
  }

  /** Under the account's lock. Nobody lifts what ends by itself. */
  async function end(
    tx: Transaction,
    { id, accountId, endsAt }: Suspension,
    liftedBy: string | null,
  ): Promise<void> {
    const endedAt = liftedBy ? clock.now() : endsAt;
    await tx.suspension.update({ where: { id }, data: { endedAt, liftedBy } });
    await tx.account.update({ where: { id: accountId }, data: { suspendedAt: null, suspendedUntil: null } });
    const version = await showSuspended(tx, accountId, false);
    const userId = userIds.encode(accountId);
    const data = { userId, version, at: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'user.suspensionLifted', key: userId, data });
    await audit.record(tx, {
      action: 'user.suspensionLifted',
      subject: { type: 'User', id: userId },
      personId: accountId,
      before: { endsAt: written(endsAt) },
      after: { endedAt: written(endedAt) },
    });
    await letters.announce(tx, { suspensionId: id, kind: 'suspensionLifted' });
  }

  /** The job of its last moment: what others see and hear. Whoever signs in is let in without it. */
  async function liftEnded({ suspensionId }: { suspensionId: string }): Promise<void> {
    await db.$transaction(async (tx) => {
      const known = await tx.suspension.findUnique({ where: { id: suspensionId } });
      if (!known) return;
      await lock(tx, known.accountId);
      const open = await findOpen(tx, known.accountId);
      if (open?.id !== suspensionId || !open.endsAt) return;
      if (!hasRunOut(open, clock.now())) throw new Error('The suspension goes on; look again later');
      await end(tx, open, null);
    });
  }

  return { suspend, terminate, lift, jobs: { ...onJob(liftEndedSuspension, liftEnded), ...letters.jobs } };
}

const written = (at: Date | null): string | null => at?.toISOString() ?? null;
