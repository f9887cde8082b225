import { pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { permissionKey } from '../authority/index.js';
import { changing } from '../changing.js';
import { grantIds, memberIds, nodeIds, organizationIds, roleIds } from '../ids.js';

const oldestFirst: SortKey[] = [{ field: 'id', direction: 'asc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Mutation: {
    createOrganizationRole: changing(async ({ organizationId, ...input }, { viewer, services }) => ({
      role: await services.roles.create(viewer!.id, {
        ...input,
        organizationId: organizationIds.decode(organizationId),
      }),
    })),
    updateOrganizationRole: changing(async ({ roleId, ...input }, { viewer, services }) => ({
      role: await services.roles.change(viewer!.id, { ...input, roleId: roleIds.decode(roleId) }),
    })),
    removeOrganizationRole: changing(async ({ roleId }, { viewer, services }) => {
      await services.roles.remove(viewer!.id, roleIds.decode(roleId));
      return { removedRoleId: roleId };
    }),
    grantPermission: changing(async ({ memberId, nodeId, roleId, ...input }, { viewer, services }) => ({
      grant: await services.grants.give(viewer!.id, {
        ...input,
        memberId: memberIds.decode(memberId),
        nodeId: nodeIds.decode(nodeId),
        roleId: roleId ? roleIds.decode(roleId) : null,
      }),
    })),
    revokePermission: changing(async ({ grantId }, { viewer, services }) => ({
      grant: await services.grants.revoke(viewer!.id, grantIds.decode(grantId)),
    })),
  },
  Organization: { roles: ({ id }, _args, { loaders }) => loaders.rolesOfOrganization.load(id) },
  OrganizationNode: {
    grants: ({ id }, args, { services, loaders }) =>
      pageUnder(id, parsePage(args, oldestFirst), {
        first: loaders.firstGrantsAt,
        further: (page) => services.grants.listAt(id, page),
      }),
  },
  OrganizationMember: {
    grants: async (member, _args, { viewer, loaders }) => {
      const grants = await loaders.grantsOfMember.load(member.id);
      if (member.userId === viewer!.id) return grants;
      const manages = await Promise.all(
        grants.map(({ nodeId }) => loaders.permission.load(permissionKey(nodeId, 'grants.manage'))),
      );
      return grants.filter((_grant, index) => manages[index]?.isAllowed);
    },
  },
  OrganizationRole: { id: (role) => roleIds.encode(role.id) },
  OrganizationGrant: {
    id: (grant) => grantIds.encode(grant.id),
    member: async (grant, _args, { loaders }) => (await loaders.organizationMember.load(grant.memberId))!,
    node: async (grant, _args, { loaders }) => (await loaders.organizationNode.load(grant.nodeId))!,
    role: (grant, _args, { loaders }) => (grant.roleId ? loaders.organizationRole.load(grant.roleId) : null),
    grantedBy: (grant, _args, { loaders }) => loaders.profile.load(grant.grantedById),
  },
};
