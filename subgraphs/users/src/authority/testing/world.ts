import type { Db } from '../../database.js';
import type { World } from './reference.js';

/** The rows of one organization, for the reference. */
export async function worldOf(db: Db, organizationId: string): Promise<World> {
  const where = { organizationId };
  const [nodes, roles, members, grants] = await Promise.all([
    db.organizationNode.findMany({ where, select: { id: true, parentId: true } }),
    db.organizationRole.findMany({ where, select: { id: true, actions: true } }),
    db.organizationMember.findMany({ where, select: { userId: true, isOwner: true } }),
    db.organizationGrant.findMany({ where, include: { member: true } }),
  ]);
  return {
    nodes,
    roles,
    members,
    grants: grants.map(({ member, ...grant }) => ({ ...grant, userId: member.userId })),
  };
}
