import { AppError, idempotent, parseInput, type Page } from '@diaspora/kit';
import type { OrganizationGrant, OrganizationMember } from '../__generated__/prisma/client.js';
import { beginChange, readHoldingsOf, type Actor } from '../authority/index.js';
import type { Transaction } from '../database.js';
import { grantIds, memberIds, nodeIds, roleIds } from '../ids.js';
import { assertKnownActions } from './actions.js';
import type { GrantsDependencies } from './roles.js';
import { assertMayChange, maxGrants, newGrant } from './rules.js';

export type Grants = ReturnType<typeof createGrants>;

export interface GrantInput {
  readonly memberId: string;
  readonly nodeId: string;
  readonly roleId: string | null;
  readonly idempotencyKey: string;
  readonly effect: 'ALLOW' | 'DENY';
  readonly action?: string | null | undefined;
}

/** What a grant is about: the actions of a role, or one action. */
interface Subject {
  readonly roleId: string | null;
  readonly action: string | null;
  readonly actions: readonly string[];
}

const noSuchGrant = () => new AppError('NOT_FOUND', 'There is no such grant.', { path: ['grantId'] });

export function createGrants({ db, clock, audit }: GrantsDependencies) {
  async function give(
    userId: string,
    { memberId, nodeId, roleId, ...rest }: GrantInput,
  ): Promise<OrganizationGrant> {
    const { idempotencyKey: key, effect, action = null } = parseInput(newGrant, rest);
    const request = { memberId, nodeId, roleId, effect, action };
    const call = { actor: userId, operation: 'grantPermission', key, request };
    const { id } = await db.$transaction(async (tx) => {
      const actor = await beginChange(tx, userId, nodeId);
      const member = await tx.organizationMember.findUnique({ where: { id: memberId } });
      if (member?.organizationId !== actor.place.organizationId)
        throw new AppError('NOT_FOUND', 'There is no such member.', { path: ['memberId'] });
      const subject = await subjectOf(tx, actor.place.organizationId, { roleId, action });
      await assertMay(tx, actor, member, subject, effect === 'ALLOW');
      return idempotent(tx, call, async () => ({ id: await giveIn(tx, actor, member, subject, effect) }));
    });
    return db.organizationGrant.findUniqueOrThrow({ where: { id } });
  }

  async function assertMay(
    tx: Transaction,
    actor: Actor,
    member: OrganizationMember,
    { actions }: Pick<Subject, 'actions'>,
    isRaising: boolean,
  ): Promise<void> {
    const held = (await readHoldingsOf(tx, member.userId, member.organizationId))!;
    assertMayChange(actor, { member: held, actions, isRaising });
  }

  /** Inside a change, by an actor who may. */
  async function giveIn(
    tx: Transaction,
    { userId, place }: Pick<Actor, 'userId' | 'place'>,
    member: OrganizationMember,
    { roleId, action }: Pick<Subject, 'roleId' | 'action'>,
    effect: 'ALLOW' | 'DENY',
  ): Promise<string> {
    if (member.isOwner) throw new AppError('CONFLICT', 'Owners may everything.', { path: ['memberId'] });
    if ((await tx.organizationGrant.count({ where: { memberId: member.id } })) >= maxGrants)
      throw new AppError('CONFLICT', `A member has no more than ${maxGrants} grants.`, {
        path: ['memberId'],
      });
    const id = grantIds.create();
    const { organizationId } = place;
    const grant = { id, organizationId, memberId: member.id, nodeId: place.id, effect, roleId, action };
    const { count } = await tx.organizationGrant.createMany({
      data: [{ ...grant, grantedById: userId, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    if (count === 0) {
      const message = 'There is a grant of this to the member here already. Revoke it to say something else.';
      throw new AppError('CONFLICT', message);
    }
    await record(tx, 'organizationGrant.given', grant, member.userId);
    return id;
  }

  const revoke = (userId: string, id: string): Promise<OrganizationGrant> =>
    db.$transaction(async (tx) => {
      const found = await tx.organizationGrant.findUnique({ where: { id } });
      if (!found) throw noSuchGrant();
      const actor = await beginChange(tx, userId, found.nodeId, 'grantId');
      const grant = await tx.organizationGrant.findUnique({
        where: { id },
        include: { member: true, role: true },
      });
      if (!grant) throw noSuchGrant();
      const { member, role, ...revoked } = grant;
      const actions = role?.actions ?? [grant.action!];
      await assertMay(tx, actor, member, { actions }, grant.effect === 'DENY');
      await tx.organizationGrant.delete({ where: { id } });
      await record(tx, 'organizationGrant.revoked', revoked, member.userId);
      return revoked;
    });

  const record = (
    tx: Transaction,
    action: string,
    grant: Pick<OrganizationGrant, 'id' | 'memberId' | 'nodeId' | 'effect' | 'roleId' | 'action'>,
    personId: string,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'OrganizationGrant', id: grantIds.encode(grant.id) },
      personId,
      [action.endsWith('given') ? 'after' : 'before']: {
        memberId: memberIds.encode(grant.memberId),
        nodeId: nodeIds.encode(grant.nodeId),
        effect: grant.effect,
        roleId: grant.roleId && roleIds.encode(grant.roleId),
        action: grant.action,
      },
    });

  const listAt = (nodeId: string, page: Page): Promise<OrganizationGrant[]> =>
    db.organizationGrant.findMany({
      where: { AND: [{ nodeId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { give, giveIn, revoke, listAt };
}

/** Throws unless it is exactly one of the two and the organization has it. */
export async function subjectOf(
  tx: Transaction,
  organizationId: string,
  { roleId, action }: Pick<Subject, 'roleId' | 'action'>,
): Promise<Subject> {
  if ((roleId === null) === (action === null))
    throw new AppError('INVALID_INPUT', 'Grant a role or an action.', { path: ['roleId'] });
  if (action !== null) {
    await assertKnownActions(tx, organizationId, [action], 'action');
    return { roleId, action, actions: [action] };
  }
  const role = await tx.organizationRole.findFirst({ where: { id: roleId!, organizationId } });
  if (!role) throw new AppError('NOT_FOUND', 'There is no such role.', { path: ['roleId'] });
  return { roleId, action, actions: role.actions };
}
