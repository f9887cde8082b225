import { mutation, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { webhookDeliveryIds, webhookEventIds, webhookIds } from '../ids.js';
import { bodyOf } from './envelope.js';

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Query: {
    webhookDeliveries: async (_parent, { webhookId, filter, ...args }, { services }) => {
      const page = parsePage(args, newestFirst);
      const rows = await services.webhookLog.list(webhookIds.decode(webhookId), filter ?? {}, page);
      return toConnection(rows, page);
    },
  },
  Mutation: {
    sendTestWebhookEvent: mutation(async ({ webhookId }, { services }) => ({
      delivery: await services.webhookLog.sendTest(webhookIds.decode(webhookId)),
    })),
    replayWebhookDelivery: mutation(async ({ webhookDeliveryId }, { services }) => ({
      delivery: await services.webhookLog.replay(webhookDeliveryIds.decode(webhookDeliveryId)),
    })),
  },
  WebhookDelivery: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = webhookDeliveryIds.find(id);
      return key === null ? null : loaders.webhookDelivery.load(key);
    },
    id: ({ id }) => webhookDeliveryIds.encode(id),
    webhook: ({ webhookId }, _args, { loaders }) => loaders.webhook.load(webhookId),
    event: ({ eventId }, _args, { loaders }) => loaders.webhookEvent.load(eventId),
    nextAttemptAt: ({ status, notBefore }) => (status === 'PENDING' ? notBefore : null),
    attempts: ({ id }, _args, { loaders }) => loaders.webhookAttempts.load(id),
  },
  WebhookEvent: { id: ({ id }) => webhookEventIds.encode(id), body: bodyOf },
};
