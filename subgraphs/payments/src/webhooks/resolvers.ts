import { parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { ProviderEventOutcome, Resolvers } from '../__generated__/schema.js';

const newest: SortKey[] = [
  { field: 'receivedAt', direction: 'desc', type: 'date' },
  { field: 'eventId', direction: 'desc', type: 'string' },
];

export const resolvers: Resolvers = {
  Query: {
    providerEvents: async (_parent, { outcome, provider, ...args }, { services }) => {
      const page = parsePage(args, newest);
      return toConnection(await services.inbox.list({ outcome, provider }, page), page);
    },
  },
  ProviderEvent: { outcome: (event) => event.outcome as ProviderEventOutcome | null },
};
