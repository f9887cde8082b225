import { pageUnder, parsePage, toConnection, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { customerIds, customerTaskIds, organizationIds, userIds } from '../ids.js';

const dueFirst: SortKey[] = [
  { field: 'dueAt', direction: 'asc', type: 'date' },
  { field: 'id', direction: 'asc', type: 'uuid' },
];
const dueLast = dueFirst.map((key) => ({ ...key, direction: 'desc' as const }));

/** Absent stays absent: in an update it keeps what is there. */
const assigneeOf = (id: string | null | undefined) =>
  id === undefined ? {} : { assigneeId: id === null ? null : userIds.decode(id) };

export const resolvers: Resolvers = {
  Query: {
    customerTasks: async (_parent, { organizationId, filter, ...args }, { viewer, services }) => {
      const page = parsePage(args, dueFirst);
      const { assigneeId, ...rest } = filter ?? {};
      const query = {
        ...rest,
        ...assigneeOf(assigneeId),
        organizationId: organizationIds.decode(organizationId),
      };
      return toConnection(await services.customerTasks.list(viewer!.id, query, page), page);
    },
  },
  Customer: {
    tasks: (customer, args, { services, loaders }) =>
      pageUnder(customer.id, parsePage(args, dueLast), {
        first: loaders.firstTasksOf,
        further: (page) => services.customerTasks.listOf(customer.id, page),
      }),
  },
  Mutation: {
    addCustomerTask: changing(async ({ customerId, assigneeId, ...input }, { viewer, services }) => ({
      task: await services.customerTasks.add(viewer!.id, {
        ...input,
        ...assigneeOf(assigneeId),
        customerId: customerIds.decode(customerId),
      }),
    })),
    updateCustomerTask: changing(async ({ taskId, assigneeId, ...input }, { viewer, services }) => ({
      task: await services.customerTasks.update(viewer!.id, {
        ...input,
        ...assigneeOf(assigneeId),
        taskId: customerTaskIds.decode(taskId),
      }),
    })),
    completeCustomerTask: changing(async ({ taskId }, { viewer, services }) => ({
      task: await services.customerTasks.setDone(viewer!.id, customerTaskIds.decode(taskId), true),
    })),
    reopenCustomerTask: changing(async ({ taskId }, { viewer, services }) => ({
      task: await services.customerTasks.setDone(viewer!.id, customerTaskIds.decode(taskId), false),
    })),
    removeCustomerTask: changing(async ({ taskId }, { viewer, services }) => {
      await services.customerTasks.remove(viewer!.id, customerTaskIds.decode(taskId));
      return { removedTaskId: taskId };
    }),
  },
  CustomerTask: {
    id: (task) => customerTaskIds.encode(task.id),
    customer: async (task, _args, { loaders }) => (await loaders.customer.load(task.customerId))!,
    assignee: (task, _args, { loaders }) => (task.assigneeId ? loaders.profile.load(task.assigneeId) : null),
    doneBy: (task, _args, { loaders }) => (task.doneById ? loaders.profile.load(task.doneById) : null),
    createdBy: (task, _args, { loaders }) => loaders.profile.load(task.createdById),
  },
};
