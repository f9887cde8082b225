import type { Resolvers } from '../__generated__/schema.js';
import { nodeIds, userIds } from '../ids.js';
import { permissionKey } from './loaders.js';
import { decisiveGrant, messageOf } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    can: (_parent, { action, nodeId, userId }, { viewer, services }) => {
      const askedAbout = userId ? userIds.decode(userId) : viewer!.id;
      return services.authority.canAskedBy(viewer!.id, askedAbout, action, nodeIds.decode(nodeId));
    },
    whyCan: (_parent, { action, nodeId, userId }, { viewer, services }) => {
      const askedAbout = userId ? userIds.decode(userId) : viewer!.id;
      return services.authority.explain(viewer!.id, askedAbout, action, nodeIds.decode(nodeId));
    },
  },
  OrganizationNode: {
    viewerCan: async (node, { action }, { loaders }) =>
      (await loaders.permission.load(permissionKey(node.id, action)))!,
  },
  PermissionExplanation: {
    message: async (explanation, _args, { loaders }) => {
      const decisive = decisiveGrant(explanation);
      const grant = decisive && (await loaders.organizationGrant.load(decisive.id));
      const node = grant && (await loaders.organizationNode.load(grant.nodeId));
      const role = grant?.roleId ? await loaders.organizationRole.load(grant.roleId) : null;
      return messageOf(explanation, { node: node?.name, role: role?.name });
    },
    steps: ({ place, considered }) =>
      place.path.map((nodeId) => ({ nodeId, grants: considered.filter((grant) => grant.nodeId === nodeId) })),
    grantors: async (explanation, _args, { services, loaders }) => {
      const userIds = await services.authority.grantorsFor(explanation);
      const people = await Promise.all(userIds.map((id) => loaders.profile.load(id)));
      return people.filter((person) => person !== null);
    },
  },
  PermissionStep: {
    node: async ({ nodeId }, _args, { loaders }) => (await loaders.organizationNode.load(nodeId))!,
    grants: async ({ grants }, _args, { loaders }) => {
      const found = await Promise.all(grants.map(({ id }) => loaders.organizationGrant.load(id)));
      return found.filter((grant) => grant !== null);
    },
  },
};
