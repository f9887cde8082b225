import { parsePage, toConnection, type ConnectionArgs, type SortKey } from '@diaspora/kit';
import type {
  CreateCustomerInput,
  CustomerOrder,
  Resolvers,
  UpdateCustomerInput,
} from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { customValues, type CustomValues } from '../customer-fields/index.js';
import { customerIds, nodeIds, organizationIds, userIds } from '../ids.js';
import { orders } from './conditions.js';
import { filterOf, valuesOf } from './decoding.js';
import type { CustomerRows } from './listing.js';

const latestFirst: SortKey[] = [
  { field: 'removedAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const pageOf = (args: ConnectionArgs, order: CustomerOrder | null | undefined) =>
  parsePage(
    args,
    orders[order?.field ?? 'NAME'].map((key) => ({
      ...key,
      direction: order?.direction === 'DESC' ? 'desc' : 'asc',
    })),
  );

const connectionOf = ({ rows, count }: CustomerRows, page: ReturnType<typeof parsePage>) => ({
  ...toConnection(rows, page),
  count,
});

/** An address that is null clears all of it; one that is absent keeps all of it. */
function detailsOf({ address, ownerId, customFields, ...rest }: Partial<CreateCustomerInput>) {
  const cleared = { street: null, postalCode: null, city: null, countryCode: null };
  return {
    ...rest,
    ...(address === null ? cleared : address),
    ...(ownerId !== undefined && { ownerId: ownerId === null ? null : userIds.decode(ownerId) }),
    customFields: valuesOf(customFields),
  };
}

const changesOf = ({ customerId, departmentId, expectedVersion, ...rest }: UpdateCustomerInput) => ({
  ...detailsOf(rest as Partial<CreateCustomerInput>),
  customerId: customerIds.decode(customerId),
  ...(departmentId != null && { departmentId: nodeIds.decode(departmentId) }),
  expectedVersion,
});

export const resolvers: Resolvers = {
  Query: {
    customer: (_parent, { id }, { loaders }) => loaders.customer.load(customerIds.decode(id)),
    customers: async (_parent, args, { viewer, services }) => {
      const { organizationId, filter, search, orderBy } = args;
      const page = pageOf(args, orderBy);
      const query = {
        organizationId: organizationIds.decode(organizationId),
        filter: filterOf(filter),
        search,
      };
      return connectionOf(await services.customerListing.list(viewer!.id, query, page, args), page);
    },
    removedCustomers: async (_parent, args, { viewer, services }) => {
      const page = parsePage(args, latestFirst);
      const organizationId = organizationIds.decode(args.organizationId);
      return connectionOf(
        await services.customerListing.listRemoved(viewer!.id, organizationId, page, args),
        page,
      );
    },
  },
  Mutation: {
    createCustomer: changing(async ({ departmentId, ...input }, { viewer, services }) => ({
      customer: await services.customers.create(viewer!.id, {
        ...detailsOf(input),
        departmentId: nodeIds.decode(departmentId),
      }),
    })),
    updateCustomer: changing(async (input, { viewer, services }) => ({
      customer: await services.customers.update(viewer!.id, changesOf(input)),
    })),
    removeCustomer: changing(async ({ customerId }, { viewer, services }) => ({
      customer: await services.customers.remove(viewer!.id, customerIds.decode(customerId)),
    })),
    restoreCustomer: changing(async ({ customerId }, { viewer, services }) => ({
      customer: await services.customers.restore(viewer!.id, customerIds.decode(customerId)),
    })),
    eraseCustomer: changing(async ({ customerId }, { viewer, services }) => {
      await services.customers.erase(viewer!.id, customerIds.decode(customerId));
      return { erasedCustomerId: customerId };
    }),
  },
  Customer: {
    __resolveReference: ({ id }, { loaders }) => {
      const key = customerIds.find(id);
      return key ? loaders.customer.load(key) : null;
    },
    id: (customer) => customerIds.encode(customer.id),
    address: (customer) => customer,
    owner: ({ ownerId }, _args, { loaders }) => (ownerId ? loaders.profile.load(ownerId) : null),
    createdBy: ({ createdById }, _args, { loaders }) => loaders.profile.load(createdById),
    customFields: async ({ organizationId, custom }, _args, { loaders }) =>
      customValues(await loaders.customerFields.load(organizationId), custom as CustomValues).map(
        ({ field, value }) => ({ field, ...value }),
      ),
    department: async ({ departmentId }, _args, { loaders }) =>
      (await loaders.organizationNode.load(departmentId))!,
    organization: async ({ organizationId }, _args, { loaders }) =>
      (await loaders.organization.load(organizationId))!,
    mergedInto: ({ mergedIntoId }, _args, { loaders }) =>
      mergedIntoId ? loaders.customer.load(mergedIntoId) : null,
  },
  CustomerConnection: { totalCount: (customers) => customers.count() },
};
