import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { userIds, webhookIds, webhookSecretIds } from '../ids.js';
import { filterOf } from './service.js';

const newestFirst: SortKey[] = [{ field: 'id', direction: 'desc', type: 'uuid' }];

export const resolvers: Resolvers = {
  Query: {
    webhooks: async (_parent, args, { services }) => {
      const page = parsePage(args, newestFirst);
      return toConnection(await services.webhooks.list(page), page);
    },
    webhook: (_parent, { id }, { loaders }) => loaders.webhook.load(webhookIds.decode(id)),
  },
  Mutation: {
    createWebhook: mutation((input, { viewer, services }) =>
      services.webhooks.create(viewer!.id, { ...input, url: String(input.url) }),
    ),
    updateWebhook: mutation(async ({ webhookId, ...input }, { services }) => {
      const change = { ...input, url: input.url == null ? null : String(input.url) };
      return { webhook: await services.webhooks.update(webhookIds.decode(webhookId), change) };
    }),
    rotateWebhookSecret: mutation(async ({ webhookId, ...input }, { services, loaders }) => {
      const id = webhookIds.decode(webhookId);
      const rotated = await services.webhooks.rotate(id, input);
      loaders.webhookSecrets.clear(id);
      return rotated;
    }),
    disableWebhook: mutation(async ({ webhookId, ...input }, { services }) => ({
      webhook: await services.webhooks.disable(webhookIds.decode(webhookId), input),
    })),
    enableWebhook: mutation(async ({ webhookId }, { services }) => ({
      webhook: await services.webhooks.enable(webhookIds.decode(webhookId)),
    })),
    removeWebhook: mutation(async ({ webhookId }, { services, loaders }) => {
      const id = webhookIds.decode(webhookId);
      await services.webhooks.remove(id);
      loaders.webhook.clear(id);
      return { webhookId };
    }),
  },
  Webhook: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = webhookIds.find(id);
      return key === null ? null : loaders.webhook.load(key);
    },
    id: ({ id }) => webhookIds.encode(id),
    url: (webhook, _args, { services }) => services.webhooks.urlOf(webhook),
    filter: (webhook) => filterOf(webhook),
    secrets: ({ id }, _args, { loaders }) => loaders.webhookSecrets.load(id),
    createdBy: ({ createdById }) => ({ id: userIds.encode(createdById) }),
  },
  WebhookSecret: { id: ({ id }) => webhookSecretIds.encode(id) },
};
