import { pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { customerActivityIds, customerIds } from '../ids.js';

const latestFirst: SortKey[] = [
  { field: 'happenedAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Customer: {
    activities: (customer, args, { services, loaders }) =>
      pageUnder(customer.id, parsePage(args, latestFirst), {
        first: loaders.firstActivitiesOf,
        further: (page) => services.customerActivities.listOf(customer.id, page),
      }),
  },
  Mutation: {
    logCustomerActivity: changing(async ({ customerId, ...input }, { viewer, services }) => ({
      activity: await services.customerActivities.log(viewer!.id, {
        ...input,
        customerId: customerIds.decode(customerId),
      }),
    })),
  },
  CustomerActivity: {
    id: (activity) => customerActivityIds.encode(activity.id),
    actor: (activity, _args, { loaders }) => loaders.profile.load(activity.actorId),
    changedFields: (activity) => activity.fields,
  },
};
