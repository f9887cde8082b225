import { jobFields, mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { webhookIds, webhookReplayIds } from '../ids.js';
import { replayWebhookDeliveries } from './definition.js';

export const resolvers: Resolvers = {
  Query: {
    webhookReplay: (_parent, { id }, { services }) =>
      services.webhookReplays.find(webhookReplayIds.decode(id)),
  },
  Mutation: {
    startWebhookReplay: mutation(async ({ webhookId, ...input }, { viewer, services }) => ({
      replay: await services.webhookReplays.start(viewer!.id, {
        ...input,
        webhookId: webhookIds.decode(webhookId),
      }),
    })),
    cancelWebhookReplay: mutation(async ({ webhookReplayId }, { services }) => ({
      replay: await services.webhookReplays.cancel(webhookReplayIds.decode(webhookReplayId)),
    })),
  },
  WebhookReplay: {
    ...jobFields(webhookReplayIds, replayWebhookDeliveries),
    webhook: ({ input }, _args, { loaders }) => loaders.webhook.load(input.webhookId),
    since: ({ input }) => new Date(input.since),
    until: ({ input }) => new Date(input.until),
    includesDelivered: ({ input }) => input.includesDelivered,
  },
};
