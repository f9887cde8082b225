import { addJob, AppError, type Audit, type Clock, type Page } from '@diaspora/kit';
import type { OrganizationMember } from '../__generated__/prisma/client.js';
import {
  assertActorMay,
  beginChange,
  may,
  readHoldingsOf,
  type Actor,
  type Holdings,
} from '../authority/index.js';
import type { Db, Transaction } from '../database.js';
import { memberIds, organizationIds } from '../ids.js';
import { releaseCustomers } from '../jobs.js';
import { assertNotLastOwner } from './owners.js';

export type OrganizationMembers = ReturnType<typeof createOrganizationMembers>;

export interface MembersDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

const noSuchMember = () => new AppError('NOT_FOUND', 'There is no such member.', { path: ['memberId'] });

export function createOrganizationMembers({ db, audit }: MembersDependencies) {
  /** The member, and the actor at the root of the organization, which nobody else changes until the end. */
  async function begin(tx: Transaction, userId: string, memberId: string) {
    const found = await tx.organizationMember.findUnique({ where: { id: memberId } });
    if (!found) throw noSuchMember();
    const actor = await beginChange(tx, userId, found.organizationId, 'memberId');
    const member = await tx.organizationMember.findUnique({ where: { id: memberId } });
    if (!member) throw noSuchMember();
    return { actor, member };
  }

  function assertOwner({ holdings }: Actor): void {
    if (!holdings.isOwner) throw new AppError('FORBIDDEN', 'Owners decide who is one.');
  }

  /** Owners have no grants: all of what was said to the member before is gone. */
  const promote = (userId: string, memberId: string): Promise<OrganizationMember> =>
    db.$transaction(async (tx) => {
      const { actor, member } = await begin(tx, userId, memberId);
      assertOwner(actor);
      if (member.isOwner) return member;
      await tx.organizationGrant.deleteMany({ where: { memberId } });
      await record(tx, member, 'organizationMember.promoted', {
        before: { isOwner: false },
        after: { isOwner: true },
      });
      return tx.organizationMember.update({ where: { id: memberId }, data: { isOwner: true } });
    });

  const demote = (userId: string, memberId: string): Promise<OrganizationMember> =>
    db.$transaction(async (tx) => {
      const { actor, member } = await begin(tx, userId, memberId);
      assertOwner(actor);
      if (!member.isOwner) return member;
      await assertNotLastOwner(tx, member.userId, member.organizationId);
      await record(tx, member, 'organizationMember.demoted', {
        before: { isOwner: true },
        after: { isOwner: false },
      });
      return tx.organizationMember.update({ where: { id: memberId }, data: { isOwner: false } });
    });

  /** By whoever manages members, or by the member, who leaves. Owners are removed by nobody: they are demoted first. */
  const remove = (userId: string, memberId: string): Promise<OrganizationMember> =>
    db.$transaction(async (tx) => {
      const { actor, member } = await begin(tx, userId, memberId);
      if (member.userId !== userId) await assertMayRemove(tx, actor, member);
      if (member.isOwner) await assertNotLastOwner(tx, member.userId, member.organizationId);
      await takeOut(tx, member);
      const { organizationId } = member;
      await addJob(tx, releaseCustomers, { organizationId, userId: member.userId, byId: userId });
      return member;
    });

  async function assertMayRemove(tx: Transaction, actor: Actor, member: OrganizationMember): Promise<void> {
    assertActorMay(actor, 'members.manage');
    if (member.isOwner) throw new AppError('FORBIDDEN', 'Owners are demoted before they are removed.');
    const held = await readHoldingsOf(tx, member.userId, member.organizationId);
    const managesGrants = (holdings: Holdings | null) => may(holdings, 'grants.manage', actor.place.path);
    if (managesGrants(held) && !managesGrants(actor.holdings))
      throw new AppError('FORBIDDEN', 'This member answers for all grants.');
  }

  async function takeOut(tx: Transaction, member: OrganizationMember): Promise<void> {
    await tx.organizationMember.delete({ where: { id: member.id } });
    await record(tx, member, 'organizationMember.removed', { before: { isOwner: member.isOwner } });
  }

  /**
   * For an account that ends, in its transaction: no membership and no invitation is left. Throws CONFLICT when an
   * organization would be without an owner.
   */
  async function forgetPerson(tx: Transaction, userId: string): Promise<void> {
    await assertNotLastOwner(tx, userId);
    const members = await tx.organizationMember.findMany({
      where: { userId },
      orderBy: { organizationId: 'asc' },
    });
    for (const member of members) {
      await tx.$executeRaw`
        UPDATE organizations SET stamp = gen_random_uuid() WHERE id = ${member.organizationId}::uuid`;
      await takeOut(tx, member);
    }
    await tx.organizationInvitation.deleteMany({ where: { OR: [{ userId }, { invitedById: userId }] } });
  }

  const listOf = (organizationId: string, page: Page): Promise<OrganizationMember[]> =>
    db.organizationMember.findMany({
      where: { AND: [{ organizationId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const record = (
    tx: Transaction,
    { id, userId, organizationId }: OrganizationMember,
    action: string,
    states: { before?: Record<string, unknown>; after?: Record<string, unknown> },
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'Organization', id: organizationIds.encode(organizationId) },
      personId: userId,
      before: { memberId: memberIds.encode(id), ...states.before },
      ...(states.after && { after: states.after }),
    });

  return { promote, demote, remove, forgetPerson, listOf };
}
