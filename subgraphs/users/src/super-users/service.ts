import { AppError, parseInput, type Page } from '@diaspora/kit';
import type { Profile, SuperUserChange } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { superUserChangeIds, userIds } from '../ids.js';
import {
  assertMayConfirm,
  assertMayDecide,
  proposalInput,
  proposalLifetimeMs,
  resignation,
  statusOf,
  type ChangeStatus,
} from './rules.js';
import { activeSuperUsers, assertSuperUser, lockSuperUsers, standsAsSuperUser } from './scope.js';
import { createSetStanding, type StandingDependencies } from './standing.js';

interface Dependencies extends StandingDependencies {
  readonly db: Db;
}

export interface Proposal {
  readonly accountId: string;
  readonly reason: string;
}

const mostConfirmers = 100;

/** Who is a super user. Peers neither add nor remove a peer alone: one proposes, another confirms (ADR 16). */
export function createSuperUsers(dependencies: Dependencies) {
  const { db, clock, outbox, audit, epochs } = dependencies;
  const setStanding = createSetStanding(dependencies);

  const propose =
    (kind: SuperUserChange['kind']) =>
    async (proposerId: string, input: Proposal): Promise<SuperUserChange> => {
      const proposal = parseInput(proposalInput, input);
      return db.$transaction(async (tx) => {
        await assertSuperUser(tx, proposerId);
        return open(tx, { ...proposal, kind, proposerId });
      });
    };

  async function open(
    tx: Transaction,
    proposal: Pick<SuperUserChange, 'kind' | 'accountId' | 'proposerId' | 'reason'>,
  ): Promise<SuperUserChange> {
    const { kind, accountId, proposerId } = proposal;
    if (accountId === proposerId) throw new AppError('FORBIDDEN', 'Nobody proposes themselves.');
    await assertFits(tx, proposal);
    const now = clock.now();
    await tx.superUserChange.updateMany({
      where: { accountId, status: 'PROPOSED', expiresAt: { lte: now } },
      data: { status: 'EXPIRED' },
    });
    const expiresAt = new Date(now.getTime() + proposalLifetimeMs);
    // The partial unique index of open proposals decides between two about one person.
    const [change] = await tx.superUserChange.createManyAndReturn({
      data: [{ ...proposal, id: superUserChangeIds.create(), createdAt: now, expiresAt }],
      skipDuplicates: true,
    });
    if (!change) return findOpen(tx, { kind, accountId, proposerId });
    await note(tx, 'superUser.proposed', change);
    await tell(tx, change);
    return change;
  }

  /** The same proposal, made again. */
  async function findOpen(
    tx: Transaction,
    same: Pick<SuperUserChange, 'kind' | 'accountId' | 'proposerId'>,
  ): Promise<SuperUserChange> {
    const change = await tx.superUserChange.findFirst({ where: { ...same, status: 'PROPOSED' } });
    if (!change) throw new AppError('CONFLICT', 'There is an open proposal about this person.');
    return change;
  }

  /** Whoever can confirm it hears of it. */
  async function tell(
    tx: Transaction,
    { id, kind, accountId, proposerId }: Pick<SuperUserChange, 'id' | 'kind' | 'accountId' | 'proposerId'>,
  ): Promise<void> {
    const confirmers = await tx.account.findMany({
      where: { ...activeSuperUsers, id: { notIn: [accountId, proposerId] } },
      select: { id: true },
      take: mostConfirmers,
    });
    const userId = userIds.encode(accountId);
    const data = {
      changeId: superUserChangeIds.encode(id),
      kind,
      userId,
      proposerId: userIds.encode(proposerId),
      confirmerIds: confirmers.map((confirmer) => userIds.encode(confirmer.id)),
    };
    await outbox.publish(tx, { type: 'superUser.proposed', key: userId, data });
  }

  /** Throws unless there is something to change about the person. */
  async function assertFits(
    tx: Transaction,
    { kind, accountId }: Pick<SuperUserChange, 'kind' | 'accountId'>,
  ): Promise<void> {
    const account = await tx.account.findFirst({
      where: { id: accountId, emailVerifiedAt: { not: null }, suspendedAt: null },
    });
    if (!account) throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });
    if (account.isSuperUser === (kind === 'GRANT'))
      throw new AppError('CONFLICT', 'This is so already.', { path: ['userId'] });
  }

  const note = (
    tx: Transaction,
    action: string,
    change: Pick<SuperUserChange, 'id' | 'kind' | 'accountId' | 'reason'>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'SuperUserChange', id: superUserChangeIds.encode(change.id) },
      personId: change.accountId,
      after: { kind: change.kind },
      reason: change.reason,
    });

  /** Alone in the scope of super users until the commit: what was counted stays true. */
  async function confirm(confirmerId: string, changeId: string): Promise<SuperUserChange> {
    const { change, epoch } = await db.$transaction(async (tx) => {
      await lockSuperUsers(tx);
      await assertSuperUser(tx, confirmerId);
      const proposed = await find(tx, changeId);
      if (proposed.status === 'CONFIRMED' && proposed.deciderId === confirmerId)
        return { change: proposed, epoch: 0 };
      assertMayConfirm(proposed, confirmerId, clock.now());
      if (!(await standsAsSuperUser(tx, proposed.proposerId)))
        throw new AppError('CONFLICT', 'Whoever proposed it is no super user any more.');
      await assertFits(tx, proposed);
      const confirmed = await close(tx, proposed, 'CONFIRMED', confirmerId);
      const standing = { isSuperUser: proposed.kind === 'GRANT', reason: proposed.reason };
      return { change: confirmed, epoch: await setStanding(tx, proposed.accountId, standing) };
    });
    await epochs.announce(change.accountId, epoch);
    return change;
  }

  async function find(tx: Transaction, id: string): Promise<SuperUserChange> {
    const change = await tx.superUserChange.findUnique({ where: { id } });
    if (!change) throw new AppError('NOT_FOUND', 'There is no such proposal.', { path: ['changeId'] });
    return change;
  }

  async function close(
    tx: Transaction,
    { id }: SuperUserChange,
    status: 'CONFIRMED' | 'WITHDRAWN',
    deciderId: string,
  ): Promise<SuperUserChange> {
    const data = { status, deciderId, decidedAt: clock.now() };
    const change = await tx.superUserChange.update({ where: { id }, data });
    await note(tx, status === 'CONFIRMED' ? 'superUser.confirmed' : 'superUser.withdrawn', change);
    return change;
  }

  const withdraw = (deciderId: string, changeId: string): Promise<SuperUserChange> =>
    db.$transaction(async (tx) => {
      await lockSuperUsers(tx);
      await assertSuperUser(tx, deciderId);
      const change = await find(tx, changeId);
      if (change.status === 'WITHDRAWN') return change;
      assertMayDecide(change, deciderId, clock.now());
      return close(tx, change, 'WITHDRAWN', deciderId);
    });

  async function resign(accountId: string, input: { reason?: string | null | undefined }): Promise<void> {
    const { reason } = parseInput(resignation, input);
    const epoch = await db.$transaction(async (tx) => {
      await lockSuperUsers(tx);
      await assertSuperUser(tx, accountId);
      return setStanding(tx, accountId, { isSuperUser: false, reason: reason ?? null });
    });
    await epochs.announce(accountId, epoch);
  }

  const list = (page: Page): Promise<Profile[]> =>
    db.profile.findMany({
      where: { AND: [{ account: activeSuperUsers }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const listChanges = (status: ChangeStatus | null, page: Page): Promise<SuperUserChange[]> =>
    db.superUserChange.findMany({
      where: { AND: [conditionOf(status), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  function conditionOf(status: ChangeStatus | null) {
    const now = clock.now();
    if (status === 'PROPOSED') return { status, expiresAt: { gt: now } };
    if (status !== 'EXPIRED') return status ? { status } : {};
    return { OR: [{ status }, { status: 'PROPOSED' as const, expiresAt: { lte: now } }] };
  }

  return {
    propose: { grant: propose('GRANT'), revoke: propose('REVOKE') },
    confirm,
    withdraw,
    resign,
    list,
    listChanges,
    statusOf: (change: SuperUserChange) => statusOf(change, clock.now()),
  };
}
