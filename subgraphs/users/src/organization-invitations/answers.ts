import { AppError, type Page } from '@diaspora/kit';
import type { OrganizationInvitation, OrganizationMember } from '../__generated__/prisma/client.js';
import { assertMayStillAct } from '../accounts/index.js';
import { readHoldingsOf, readPlaces } from '../authority/index.js';
import type { Prisma, Transaction } from '../database.js';
import { assertMayChange, subjectOf, type Grants } from '../grants/index.js';
import { invitationIds, memberIds, organizationIds } from '../ids.js';
import { maxMembers } from './rules.js';
import type { MembersDependencies } from '../organization-members/index.js';

const noSuchInvitation = () =>
  new AppError('NOT_FOUND', 'There is no such invitation.', { path: ['invitationId'] });

/** Invitations as whoever is invited sees them: by name, or by the address of the account. */
export function createInvitationAnswers({
  db,
  clock,
  audit,
  grants,
}: MembersDependencies & { readonly grants: Pick<Grants, 'giveIn'> }) {
  async function addressedTo(
    client: Transaction,
    userId: string,
  ): Promise<Prisma.OrganizationInvitationWhereInput> {
    const account = await client.account.findUnique({ where: { id: userId } });
    return { OR: [{ userId }, ...(account?.emailVerifiedAt ? [{ emailKey: account.emailKey }] : [])] };
  }

  const standing = () => ({
    status: 'PENDING' as const,
    expiresAt: { gt: clock.now() },
    organization: { closedAt: null },
  });

  async function listFor(userId: string, page: Page): Promise<OrganizationInvitation[]> {
    const mine = await addressedTo(db, userId);
    return db.organizationInvitation.findMany({
      where: { AND: [mine, standing(), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });
  }

  /** The invitation, answered; whoever answers first is the one who did. */
  async function settle(tx: Transaction, userId: string, id: string, status: 'ACCEPTED' | 'DECLINED') {
    const mine = { AND: [{ id }, await addressedTo(tx, userId)] };
    const found = await tx.organizationInvitation.findFirst({ where: mine });
    if (!found) throw noSuchInvitation();
    // Whoever joins waits for changes of authority under way, and lets nobody rely on what was kept before.
    await tx.$executeRaw`
      UPDATE organizations SET stamp = gen_random_uuid() WHERE id = ${found.organizationId}::uuid`;
    const [settled] = await tx.organizationInvitation.updateManyAndReturn({
      where: { AND: [mine, standing()] },
      data: { status, settledAt: clock.now() },
    });
    if (!settled)
      throw new AppError('CONFLICT', 'This invitation does not stand any more.', { path: ['invitationId'] });
    return settled;
  }

  const accept = (userId: string, id: string): Promise<OrganizationMember> =>
    db.$transaction(async (tx) => {
      const invitation = await settle(tx, userId, id, 'ACCEPTED');
      const member = await join(tx, userId, invitation.organizationId);
      const isGranted = await grantFirst(tx, member, invitation);
      await record(tx, invitation, 'organizationInvitation.accepted', userId, {
        memberId: memberIds.encode(member.id),
        isGranted,
      });
      return member;
    });

  async function join(tx: Transaction, userId: string, organizationId: string): Promise<OrganizationMember> {
    if ((await tx.organizationMember.count({ where: { organizationId } })) >= maxMembers)
      throw new AppError('CONFLICT', `An organization has no more than ${maxMembers} members.`);
    await tx.organizationMember.createMany({
      data: [{ id: memberIds.create(), organizationId, userId, joinedAt: clock.now() }],
      skipDuplicates: true,
    });
    return tx.organizationMember.findUniqueOrThrow({
      where: { organizationId_userId: { organizationId, userId } },
    });
  }

  /** What was promised, if the inviter may still grant it; else the membership alone. */
  async function grantFirst(
    tx: Transaction,
    member: OrganizationMember,
    { organizationId, invitedById, roleId, nodeId }: OrganizationInvitation,
  ): Promise<boolean> {
    const place = nodeId ? (await readPlaces(tx, [nodeId])).get(nodeId) : undefined;
    const inviter = await readHoldingsOf(tx, invitedById, organizationId);
    if (!roleId || !place || !inviter || member.isOwner) return false;
    const held = (await readHoldingsOf(tx, member.userId, organizationId))!;
    const actor = { userId: invitedById, place, holdings: inviter };
    const subject = await subjectOf(tx, organizationId, { roleId, action: null });
    try {
      await assertMayStillAct(tx, invitedById, clock.now());
      assertMayChange(actor, { member: held, actions: subject.actions, isRaising: true });
      await grants.giveIn(tx, actor, member, subject, 'ALLOW');
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  const decline = (userId: string, id: string): Promise<OrganizationInvitation> =>
    db.$transaction(async (tx) => {
      const invitation = await settle(tx, userId, id, 'DECLINED');
      await record(tx, invitation, 'organizationInvitation.declined', userId, {});
      return invitation;
    });

  const record = (
    tx: Transaction,
    { id, organizationId }: OrganizationInvitation,
    action: string,
    personId: string,
    after: Record<string, unknown>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'Organization', id: organizationIds.encode(organizationId) },
      personId,
      after: { invitationId: invitationIds.encode(id), ...after },
    });

  return { listFor, accept, decline };
}
