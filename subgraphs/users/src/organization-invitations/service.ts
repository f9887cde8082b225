import { addJob, AppError, idempotent, parseInput, type Mailer, type Page } from '@diaspora/kit';
import type { OrganizationInvitation } from '../__generated__/prisma/client.js';
import { emailKeyOf, mailboxMails } from '../accounts/index.js';
import { assertActorMay, beginChange, type Actor } from '../authority/index.js';
import type { Budgets } from '../budgets/index.js';
import type { Transaction } from '../database.js';
import { assertMayChange, subjectOf } from '../grants/index.js';
import { invitationIds, nodeIds, organizationIds, roleIds } from '../ids.js';
import { mailOrganizationInvitation } from '../jobs.js';
import {
  assertOnePerson,
  expiryOf,
  invitationsSent,
  maxInvitations,
  newInvitation,
  stateOf,
} from './rules.js';
import type { MembersDependencies } from '../organization-members/index.js';
import { assertInvitable } from '../profiles/index.js';

export interface InvitationsDependencies extends MembersDependencies {
  readonly mailer: Mailer;
  readonly budgets: Budgets;
}

/** What is granted with the membership. */
interface FirstGrant {
  readonly roleId: string;
  readonly nodeId: string;
}

export interface InvitationInput {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly email?: string | null | undefined;
  readonly grant: FirstGrant | null;
}

interface Invitee {
  readonly userId: string | null;
  readonly email: string | null;
  readonly emailKey: string | null;
}

const noSuchInvitation = () =>
  new AppError('NOT_FOUND', 'There is no such invitation.', { path: ['invitationId'] });

/** Invitations as the organization sees them. No answer tells whether an address belongs to anybody. */
export function createInvitations({ db, clock, audit, mailer, budgets }: InvitationsDependencies) {
  async function invite(actorId: string, input: InvitationInput): Promise<OrganizationInvitation> {
    const { organizationId, userId, grant, ...rest } = input;
    const { idempotencyKey: key, email = null, expiresInDays } = parseInput(newInvitation, rest);
    assertOnePerson(userId, email);
    await budgets.spend(invitationsSent, actorId);
    const invitee = { userId, email, emailKey: email === null ? null : emailKeyOf(email) };
    const request = { organizationId, userId, emailKey: invitee.emailKey, grant, expiresInDays };
    const call = { actor: actorId, operation: 'inviteToOrganization', key, request };
    const { id } = await db.$transaction(async (tx) => {
      const actor = await beginChange(tx, actorId, organizationId, 'organizationId');
      assertActorMay(actor, 'members.manage');
      if (grant) await assertMayGrantFirst(tx, actor, invitee, grant);
      return idempotent(tx, call, async () => ({
        id: await insert(tx, actor, invitee, grant, expiryOf(clock.now(), expiresInDays)),
      }));
    });
    return db.organizationInvitation.findUniqueOrThrow({ where: { id } });
  }

  /** Said now rather than when it is accepted; then it is asked again. */
  async function assertMayGrantFirst(
    tx: Transaction,
    actor: Actor,
    invitee: Invitee,
    { roleId, nodeId }: FirstGrant,
  ) {
    const at = await beginChange(tx, actor.userId, nodeId);
    if (at.place.organizationId !== actor.place.organizationId)
      throw new AppError('NOT_FOUND', 'There is no such place in this organization.', { path: ['nodeId'] });
    const { actions } = await subjectOf(tx, at.place.organizationId, { roleId, action: null });
    const member = { memberId: '', userId: invitee.userId ?? '', isOwner: false, grants: [] };
    assertMayChange(at, { member, actions, isRaising: true });
  }

  async function insert(
    tx: Transaction,
    { userId: invitedById, place: { organizationId } }: Actor,
    invitee: Invitee,
    grant: FirstGrant | null,
    expiresAt: Date,
  ): Promise<string> {
    await assertMayBeInvited(tx, { organizationId, invitedById }, invitee);
    const createdAt = clock.now();
    const id = invitationIds.create();
    const { count } = await tx.organizationInvitation.createMany({
      data: [{ id, organizationId, ...invitee, ...grant, invitedById, createdAt, expiresAt }],
      skipDuplicates: true,
    });
    if (count === 0) throw new AppError('CONFLICT', 'An invitation is waiting for this person already.');
    await addJob(tx, mailOrganizationInvitation, { invitationId: id });
    await audit.record(tx, {
      action: 'organizationInvitation.sent',
      subject: { type: 'Organization', id: organizationIds.encode(organizationId) },
      personId: invitee.userId,
      after: {
        invitationId: invitationIds.encode(id),
        roleId: grant && roleIds.encode(grant.roleId),
        nodeId: grant && nodeIds.encode(grant.nodeId),
        expiresAt: expiresAt.toISOString(),
      },
    });
    return id;
  }

  /** Of what has run out nothing is left in the way. */
  async function assertMayBeInvited(
    tx: Transaction,
    { organizationId, invitedById }: { organizationId: string; invitedById: string },
    { userId }: Invitee,
  ): Promise<void> {
    const overdue = { organizationId, status: 'PENDING' as const, expiresAt: { lte: clock.now() } };
    await tx.organizationInvitation.deleteMany({ where: overdue });
    const waiting = { organizationId, status: 'PENDING' as const };
    if ((await tx.organizationInvitation.count({ where: waiting })) >= maxInvitations)
      throw new AppError('CONFLICT', `No more than ${maxInvitations} invitations wait at once.`);
    if (userId === null) return;
    const person = await tx.account.findFirst({ where: { id: userId, emailVerifiedAt: { not: null } } });
    if (!person) throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });
    if (await tx.organizationMember.findFirst({ where: { organizationId, userId } }))
      throw new AppError('CONFLICT', 'This person is a member already.', { path: ['userId'] });
    await assertInvitable(tx, userId, invitedById);
  }

  const revoke = (actorId: string, id: string): Promise<OrganizationInvitation> =>
    db.$transaction(async (tx) => {
      const found = await tx.organizationInvitation.findUnique({ where: { id } });
      if (!found) throw noSuchInvitation();
      const { organizationId } = found;
      assertActorMay(await beginChange(tx, actorId, organizationId, 'invitationId'), 'members.manage');
      const [revoked] = await tx.organizationInvitation.updateManyAndReturn({
        where: { id, status: 'PENDING' },
        data: { status: 'REVOKED', settledAt: clock.now() },
      });
      if (!revoked) return tx.organizationInvitation.findUniqueOrThrow({ where: { id } });
      await audit.record(tx, {
        action: 'organizationInvitation.revoked',
        subject: { type: 'Organization', id: organizationIds.encode(organizationId) },
        personId: found.userId,
        before: { invitationId: invitationIds.encode(id) },
      });
      return revoked;
    });

  /** The job: tells whoever is invited, if it still stands and the mailbox is not overfed. */
  async function mail({ invitationId }: { invitationId: string }): Promise<void> {
    const invitation = await db.organizationInvitation.findFirst({
      where: { id: invitationId, status: 'PENDING', expiresAt: { gt: clock.now() } },
      include: { organization: true },
    });
    if (!invitation || invitation.organization.closedAt) return;
    const { userId, invitedById, organization, expiresAt } = invitation;
    const inviter = await db.profile.findUnique({ where: { accountId: invitedById } });
    const to = invitation.email ?? (await db.account.findUnique({ where: { id: userId! } }))?.email;
    if (!inviter || !to || !(await budgets.take(mailboxMails, emailKeyOf(to)))) return;
    try {
      const letter = letterOf(inviter.displayName, organization.name, expiresAt);
      await mailer.send({ to, id: `organization-invitation-${invitationId}`, ...letter });
    } catch (error) {
      // A mail that did not leave costs nothing: the job will try again.
      await budgets.giveBack(mailboxMails, emailKeyOf(to));
      throw error;
    }
  }

  const listWaiting = (organizationId: string, page: Page): Promise<OrganizationInvitation[]> =>
    db.organizationInvitation.findMany({
      where: { AND: [{ organizationId, status: 'PENDING', expiresAt: { gt: clock.now() } }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const stateNow = (invitation: OrganizationInvitation) => stateOf(invitation, clock.now());

  return { invite, revoke, mail, listWaiting, stateOf: stateNow };
}

const letterOf = (inviter: string, organization: string, expiresAt: Date) => ({
  subject: `${inviter} invites you to ${organization}`,
  text:
    `${inviter} invites you to join “${organization}”.\n\n` +
    'Sign in with this address, or register with it, and accept the invitation until ' +
    `${expiresAt.toISOString().slice(0, 10)}. If you do not know what this is about, there is nothing to do.`,
});
