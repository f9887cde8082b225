import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { apiKeyIds, serviceAccountIds, serviceSecretIds } from '../ids.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    serviceAccounts: async (_parent, args, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.serviceAccounts.list(page), page);
    },
    serviceAccount: (_parent, { id }, { loaders }) =>
      loaders.serviceAccount.load(serviceAccountIds.decode(id)),
    apiKeys: async (_parent, args, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.apiKeys.list(page), page);
    },
  },
  ServiceAccount: {
    id: ({ id }) => serviceAccountIds.encode(id),
    isEnabled: ({ disabledAt }) => disabledAt === null,
    createdBy: ({ createdById }, _args, { loaders }) => loaders.profile.load(createdById),
    secrets: ({ id }, _args, { loaders }) => loaders.serviceSecrets.load(id),
  },
  ServiceSecret: { id: ({ id }) => serviceSecretIds.encode(id) },
  ApiKey: {
    id: ({ id }) => apiKeyIds.encode(id),
    status: (key, _args, { services }) => services.apiKeys.statusOf(key),
    replacedById: ({ replacedById }) => (replacedById ? apiKeyIds.encode(replacedById) : null),
    createdBy: ({ createdById }, _args, { loaders }) => loaders.profile.load(createdById),
  },
  AuditActor: {
    service: ({ actorKind, actorId }, _args, { loaders }) =>
      actorKind === 'SERVICE' && actorId ? loaders.serviceAccount.load(actorId) : null,
  },
  Mutation: {
    createServiceAccount: changing((input, { viewer, services }) =>
      services.serviceAccounts.create(viewer!.id, input),
    ),
    updateServiceAccount: changing(async ({ serviceAccountId, ...input }, { viewer, services }) => {
      const id = serviceAccountIds.decode(serviceAccountId);
      return { serviceAccount: await services.serviceAccounts.update(viewer!.id, id, input) };
    }),
    rotateServiceSecret: changing(({ serviceAccountId, ...input }, { viewer, services }) =>
      services.serviceAccounts.rotate(viewer!.id, serviceAccountIds.decode(serviceAccountId), input),
    ),
    disableServiceAccount: changing(async ({ serviceAccountId, ...input }, { viewer, services }) => {
      const id = serviceAccountIds.decode(serviceAccountId);
      return { serviceAccount: await services.serviceAccounts.disable(viewer!.id, id, input) };
    }),
    enableServiceAccount: changing(async ({ serviceAccountId }, { viewer, services }) => {
      const id = serviceAccountIds.decode(serviceAccountId);
      return { serviceAccount: await services.serviceAccounts.enable(viewer!.id, id) };
    }),
    createApiKey: changing((input, { viewer, services }) => services.apiKeys.create(viewer!.id, input)),
    rotateApiKey: changing(({ apiKeyId, ...input }, { viewer, services }) =>
      services.apiKeys.rotate(viewer!.id, apiKeyIds.decode(apiKeyId), input),
    ),
    revokeApiKey: changing(async ({ apiKeyId, ...input }, { viewer, services }) => ({
      apiKey: await services.apiKeys.revoke(viewer!.id, apiKeyIds.decode(apiKeyId), input),
    })),
  },
};
