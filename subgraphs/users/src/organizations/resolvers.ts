import { pageUnder, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { builtInActions } from '../authority/index.js';
import { changing } from '../changing.js';
import { nodeIds, organizationIds } from '../ids.js';

const byId: SortKey = { field: 'id', direction: 'asc', type: 'uuid' };
const byName: SortKey[] = [{ field: 'nameKey', direction: 'asc', type: 'string' }, byId];

export const resolvers: Resolvers = {
  Query: {
    organization: (_parent, { id }, { loaders }) => loaders.organization.load(organizationIds.decode(id)),
    organizations: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, [byId]);
      return toConnection(await services.organizations.listFor(viewer!.id, page), page);
    },
  },
  Mutation: {
    createOrganization: changing(async (input, { viewer, services }) => ({
      organization: await services.organizations.create(viewer!.id, input),
    })),
    renameOrganization: changing(async ({ organizationId, ...input }, { viewer, services }) => ({
      organization: await services.organizations.rename(viewer!.id, {
        ...input,
        organizationId: organizationIds.decode(organizationId),
      }),
    })),
    closeOrganization: changing(async ({ organizationId }, { viewer, services }) => ({
      organization: await services.organizations.close(viewer!.id, organizationIds.decode(organizationId)),
    })),
    reopenOrganization: changing(async ({ organizationId }, { viewer, services }) => ({
      organization: await services.organizations.reopen(viewer!.id, organizationIds.decode(organizationId)),
    })),
    addOrganizationNode: changing(async ({ parentId, ...input }, { viewer, services }) => ({
      node: await services.structure.add(viewer!.id, { ...input, parentId: nodeIds.decode(parentId) }),
    })),
    renameOrganizationNode: changing(async ({ nodeId, ...input }, { viewer, services }) => ({
      node: await services.structure.rename(viewer!.id, { ...input, nodeId: nodeIds.decode(nodeId) }),
    })),
    removeOrganizationNode: changing(async ({ nodeId }, { viewer, services }) => {
      await services.structure.remove(viewer!.id, nodeIds.decode(nodeId));
      return { removedNodeId: nodeId };
    }),
  },
  Organization: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = organizationIds.find(id);
      return key ? loaders.organization.load(key) : null;
    },
    id: (organization) => organizationIds.encode(organization.id),
    root: async (organization, _args, { loaders }) => (await loaders.organizationNode.load(organization.id))!,
    actions: async (organization, _args, { loaders }) => [
      ...Object.entries(builtInActions).map(([name, description]) => ({
        name,
        description,
        isBuiltIn: true,
      })),
      ...(await loaders.ownActions.load(organization.id)).map(({ action }) => ({
        name: action,
        description: null,
        isBuiltIn: false,
      })),
    ],
  },
  OrganizationNode: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = nodeIds.find(id);
      return key ? loaders.organizationNode.load(key) : null;
    },
    id: (node) => nodeIds.encode(node.id),
    organization: async (node, _args, { loaders }) => (await loaders.organization.load(node.organizationId))!,
    parent: (node, _args, { loaders }) =>
      node.parentId ? loaders.organizationNode.load(node.parentId) : null,
    children: (node, args, { services, loaders }) =>
      pageUnder(node.id, parsePage(args, byName), {
        first: loaders.firstNodesBelow,
        further: (page) => services.structure.listBelow(node.id, page),
      }),
  },
};
