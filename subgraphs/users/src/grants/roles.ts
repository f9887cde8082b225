import { AppError, idempotent, parseInput, type Audit, type Clock } from '@diaspora/kit';
import type { OrganizationRole } from '../__generated__/prisma/client.js';
import { assertActorMay, beginChange, readHoldings, readPlaces, type Actor } from '../authority/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { roleIds } from '../ids.js';
import { assertKnownActions } from './actions.js';
import { assertMayChange, changesOfRole, maxRoles, newRole, roleChanges, roleKeyOf } from './rules.js';

export interface GrantsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

const noSuchRole = () => new AppError('NOT_FOUND', 'There is no such role.', { path: ['roleId'] });
const nameTaken = () => new AppError('CONFLICT', 'There is a role of that name.', { path: ['name'] });

/** Custom roles of organizations, for whoever manages grants at the root. */
export function createRoles({ db, clock, audit }: GrantsDependencies) {
  async function create(
    userId: string,
    { organizationId, ...rest }: { organizationId: string },
  ): Promise<OrganizationRole> {
    const { idempotencyKey: key, ...input } = parseInput(newRole, rest);
    const call = { actor: userId, operation: 'createRole', key, request: { organizationId, ...input } };
    const { id } = await db.$transaction(async (tx) => {
      assertActorMay(await beginChange(tx, userId, organizationId, 'organizationId'), 'grants.manage');
      return idempotent(tx, call, async () => ({ id: await insert(tx, organizationId, input) }));
    });
    return db.organizationRole.findUniqueOrThrow({ where: { id } });
  }

  async function insert(
    tx: Transaction,
    organizationId: string,
    { name, actions }: { name: string; actions: string[] },
  ): Promise<string> {
    await assertKnownActions(tx, organizationId, actions, 'actions');
    if ((await tx.organizationRole.count({ where: { organizationId } })) >= maxRoles)
      throw new AppError('CONFLICT', `An organization has no more than ${maxRoles} roles.`);
    const role = { id: roleIds.create(), organizationId, name, nameKey: roleKeyOf(name), actions };
    const { count } = await tx.organizationRole.createMany({
      data: [{ ...role, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    if (count === 0) throw nameTaken();
    await record(tx, role.id, 'organizationRole.created', { after: { name, actions } });
    return role.id;
  }

  /** The role with the actor at the root of its organization, whose grants nobody else changes until the end. */
  async function begin(tx: Transaction, userId: string, id: string) {
    const found = await tx.organizationRole.findUnique({ where: { id } });
    if (!found) throw noSuchRole();
    const actor = await beginChange(tx, userId, found.organizationId, 'roleId');
    assertActorMay(actor, 'grants.manage');
    const role = await tx.organizationRole.findUnique({ where: { id } });
    if (!role) throw noSuchRole();
    return { actor, role };
  }

  /** What is added and removed counts at once wherever the role is granted, and has to be the actor's to change there. */
  const change = (
    userId: string,
    { roleId: id, expectedVersion, ...input }: { roleId: string; expectedVersion: number },
  ): Promise<OrganizationRole> =>
    db.$transaction(async (tx) => {
      const changes = parseInput(roleChanges, input);
      const { actor, role } = await begin(tx, userId, id);
      if (role.version !== expectedVersion) {
        throw new AppError('CONFLICT', 'The role has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { role },
        });
      }
      const { name = role.name, actions = role.actions } = changes;
      await assertNameIsFree(tx, role, name);
      await assertKnownActions(tx, role.organizationId, actions, 'actions', role.actions);
      await assertMayChangeGrants(tx, actor, role, actions);
      await record(tx, id, 'organizationRole.changed', {
        before: { name: role.name, actions: role.actions },
        after: { name, actions },
      });
      const data = { name, nameKey: roleKeyOf(name), actions, version: { increment: 1 } };
      return tx.organizationRole.update({ where: { id }, data });
    });

  async function assertNameIsFree(tx: Transaction, { id, organizationId }: OrganizationRole, name: string) {
    const beside = { organizationId, nameKey: roleKeyOf(name), id: { not: id } };
    if (await tx.organizationRole.findFirst({ where: beside })) throw nameTaken();
  }

  async function assertMayChangeGrants(
    tx: Transaction,
    actor: Actor,
    role: OrganizationRole,
    actions: readonly string[],
  ): Promise<void> {
    const grants = await tx.organizationGrant.findMany({ where: { roleId: role.id } });
    const places = await readPlaces(
      tx,
      grants.map(({ nodeId }) => nodeId),
    );
    const memberIds = grants.map(({ memberId }) => memberId);
    const members = await readHoldings(tx, Prisma.sql`member.id = ANY(${memberIds}::uuid[])`);
    const byId = new Map(members.map((member) => [member.memberId, member]));
    for (const { nodeId, memberId, effect } of grants) {
      const at = { ...actor, place: places.get(nodeId)! };
      for (const gain of changesOfRole(role.actions, actions, effect))
        assertMayChange(at, { ...gain, member: byId.get(memberId)! });
    }
  }

  /** A role that somebody has stays: what its grants deny would come back unnoticed. */
  const remove = (userId: string, id: string): Promise<void> =>
    db.$transaction(async (tx) => {
      const { role } = await begin(tx, userId, id);
      const count = await tx.organizationGrant.count({ where: { roleId: id } });
      if (count > 0)
        throw new AppError('CONFLICT', 'The role is granted. Revoke that first.', { path: ['roleId'] });
      await tx.organizationRole.delete({ where: { id } });
      await record(tx, id, 'organizationRole.removed', {
        before: { name: role.name, actions: role.actions },
      });
    });

  const record = (
    tx: Transaction,
    id: string,
    action: string,
    states: { before?: Record<string, unknown>; after?: Record<string, unknown> },
  ) => audit.record(tx, { action, subject: { type: 'OrganizationRole', id: roleIds.encode(id) }, ...states });

  return { create, change, remove };
}
