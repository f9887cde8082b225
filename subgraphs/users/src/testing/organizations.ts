import { foldName } from '@diaspora/kit';
import type { OrganizationNode } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { grantIds, memberIds, nodeIds, organizationIds, roleIds } from '../ids.js';

interface Person {
  readonly id: string;
}

/** Builders of organizations: rows as the commands would leave them. */
export function organizationBuilders(db: Db, clock: { now(): Date }) {
  let count = 0;
  const createdAt = () => clock.now();

  async function organization(owner: Person, name = `Organization ${++count}`) {
    const id = organizationIds.create();
    const root = { id, level: 'ORGANIZATION' as const, name, nameKey: foldName(name), path: [id] };
    await db.organization.create({
      data: {
        id,
        name,
        createdAt: createdAt(),
        createdById: owner.id,
        nodes: { create: [{ ...root, createdAt: createdAt() }] },
      },
    });
    await member({ id }, owner, { isOwner: true });
    return { id, publicId: organizationIds.encode(id), rootId: nodeIds.encode(id) };
  }

  async function node(parentId: string, overrides: { name?: string; action?: string } = {}) {
    const parent = await db.organizationNode.findUniqueOrThrow({ where: { id: parentId } });
    const below = {
      ORGANIZATION: 'DEPARTMENT',
      DEPARTMENT: 'SERVICE',
      SERVICE: 'ACTION',
      ACTION: 'ACTION',
    } as const;
    const id = nodeIds.create();
    const { name = `Place ${++count}`, action = null } = overrides;
    const row: OrganizationNode = await db.organizationNode.create({
      data: {
        ...{ id, organizationId: parent.organizationId, parentId, level: below[parent.level], name, action },
        ...{ nameKey: foldName(name), path: [...parent.path, id], createdAt: createdAt() },
      },
    });
    return { ...row, publicId: nodeIds.encode(id) };
  }

  async function member({ id: organizationId }: Person, person: Person, { isOwner = false } = {}) {
    const id = memberIds.create();
    await db.organizationMember.create({
      data: { id, organizationId, userId: person.id, isOwner, joinedAt: createdAt() },
    });
    return { id, publicId: memberIds.encode(id), userId: person.id };
  }

  async function role({ id: organizationId }: Person, actions: string[], name = `Role ${++count}`) {
    const id = roleIds.create();
    await db.organizationRole.create({
      data: { id, organizationId, name, nameKey: foldName(name), actions, createdAt: createdAt() },
    });
    return { id, publicId: roleIds.encode(id), actions };
  }

  /** Of one action, or of a role. */
  async function grant(
    { id: memberId, userId }: { id: string; userId: string },
    nodeId: string,
    subject: string | { id: string },
    effect: 'ALLOW' | 'DENY' = 'ALLOW',
  ) {
    const { organizationId } = await db.organizationNode.findUniqueOrThrow({ where: { id: nodeId } });
    const id = grantIds.create();
    const what = typeof subject === 'string' ? { action: subject } : { roleId: subject.id };
    await db.organizationGrant.create({
      data: {
        id,
        organizationId,
        memberId,
        nodeId,
        effect,
        ...what,
        grantedById: userId,
        createdAt: createdAt(),
      },
    });
    await db.$executeRaw`UPDATE organizations SET stamp = gen_random_uuid() WHERE id = ${organizationId}::uuid`;
    return { id, publicId: grantIds.encode(id) };
  }

  return { organization, node, member, role, grant };
}
