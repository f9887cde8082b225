import { rootValues } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';

export const resolvers: Resolvers = {
  Subscription: {
    inboxEvents: {
      subscribe: async (_parent, { after }, { viewer, services }) =>
        rootValues('inboxEvents', await services.inboxEvents.subscribe(viewer!.id, after)),
    },
  },
};
