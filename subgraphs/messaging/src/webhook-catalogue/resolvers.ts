import type { Resolvers } from '../__generated__/schema.js';
import { catalogue } from './catalogue.js';
import { dataFieldsOf } from './rules.js';

export const resolvers: Resolvers = {
  Query: { webhookEventTypes: () => [...catalogue] },
  WebhookEventType: { name: ({ type }) => type, fields: ({ schema }) => dataFieldsOf(schema) },
};
