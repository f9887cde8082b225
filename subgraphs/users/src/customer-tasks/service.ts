import { AppError, idempotent, parseInput, type Clock, type Page } from '@diaspora/kit';
import type { Customer, CustomerTask } from '../__generated__/prisma/client.js';
import {
  assertMember,
  recordActivities,
  type CustomerAccess,
  type CustomerListing,
  type Customers,
} from '../customers/index.js';
import type { Db, Prisma, Transaction } from '../database.js';
import { customerTaskIds } from '../ids.js';
import { maxTasks, newTask, noSuchTask, taskChanges, taskFilter } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: CustomerAccess;
  readonly customers: Customers;
  readonly listing: CustomerListing;
}

export function createCustomerTasks({ db, clock, access, customers, listing }: Dependencies) {
  const record = customers.recorderOf('taskId', customerTaskIds);

  async function add(
    userId: string,
    { customerId, ...given }: { customerId: string },
  ): Promise<CustomerTask> {
    const { idempotencyKey: key, assigneeId = null, ...said } = parseInput(newTask, given);
    const found = await access.find(userId, customerId, { action: 'customers.write' });
    const request = { customerId, assigneeId, title: said.title, dueAt: said.dueAt.toISOString() };
    const call = { actor: userId, operation: 'addCustomerTask', key, request };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ id: await insert(tx, userId, found, { ...said, assigneeId }) })),
    );
    return db.customerTask.findUniqueOrThrow({ where: { id } });
  }

  async function insert(
    tx: Transaction,
    userId: string,
    customer: Customer,
    said: Pick<CustomerTask, 'title' | 'dueAt' | 'assigneeId'>,
  ): Promise<string> {
    await access.lock(tx, [customer]);
    const { id: customerId, organizationId } = customer;
    if ((await tx.customerTask.count({ where: { customerId } })) >= maxTasks)
      throw new AppError('CONFLICT', `A customer has no more than ${maxTasks} tasks.`);
    if (said.assigneeId) await assertMember(tx, organizationId, said.assigneeId, 'assigneeId');
    const id = customerTaskIds.create();
    const at = clock.now();
    const place = { id, customerId, organizationId };
    await tx.customerTask.create({ data: { ...said, ...place, createdAt: at, createdById: userId } });
    await recordActivities(tx, [{ customerId, kind: 'TASK_ADDED', actorId: userId, happenedAt: at }]);
    await record(tx, customerId, 'customerTask.added', id, { after: { title: said.title } });
    return id;
  }

  /** Changes a task under the lock of its customer. */
  async function change<Result>(
    userId: string,
    taskId: string,
    apply: (tx: Transaction, task: CustomerTask) => Promise<Result>,
  ): Promise<Result> {
    const task = await db.customerTask.findUnique({ where: { id: taskId } });
    if (!task) throw noSuchTask();
    const found = await access.find(userId, task.customerId, { action: 'customers.write', path: 'taskId' });
    return db.$transaction(async (tx) => {
      await access.lock(tx, [found]);
      const now = await tx.customerTask.findFirst({ where: { id: taskId, customerId: found.id } });
      if (!now) throw noSuchTask();
      return apply(tx, now);
    });
  }

  async function update(
    userId: string,
    { taskId, expectedVersion, ...given }: { taskId: string; expectedVersion: number },
  ): Promise<CustomerTask> {
    const { title, dueAt, assigneeId } = parseInput(taskChanges, given);
    return change(userId, taskId, async (tx, before) => {
      if (before.version !== expectedVersion) {
        throw new AppError('CONFLICT', 'The task has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { task: before },
        });
      }
      if (assigneeId) await assertMember(tx, before.organizationId, assigneeId, 'assigneeId');
      await record(tx, before.customerId, 'customerTask.changed', taskId, {
        before: { title: before.title },
        after: { title: title ?? before.title },
      });
      const changes = { ...(title && { title }), ...(dueAt && { dueAt }) };
      const data = { ...changes, ...(assigneeId !== undefined && { assigneeId }), version: { increment: 1 } };
      return tx.customerTask.update({ where: { id: taskId }, data });
    });
  }

  const setDone = (userId: string, taskId: string, isDone: boolean): Promise<CustomerTask> =>
    change(userId, taskId, async (tx, task) => {
      if ((task.doneAt !== null) === isDone) return task;
      const at = clock.now();
      const { customerId, title: summary } = task;
      const entry = { customerId, kind: 'TASK_DONE' as const, actorId: userId, happenedAt: at, summary };
      if (isDone) await recordActivities(tx, [entry]);
      await record(tx, customerId, isDone ? 'customerTask.completed' : 'customerTask.reopened', taskId);
      const done = isDone ? { doneAt: at, doneById: userId } : { doneAt: null, doneById: null };
      return tx.customerTask.update({ where: { id: taskId }, data: { ...done, version: { increment: 1 } } });
    });

  const remove = (userId: string, taskId: string): Promise<void> =>
    change(userId, taskId, async (tx, { customerId, title }) => {
      await record(tx, customerId, 'customerTask.removed', taskId, { before: { title } });
      await tx.customerTask.delete({ where: { id: taskId } });
    });

  const listOf = (customerId: string, page: Page): Promise<CustomerTask[]> =>
    db.customerTask.findMany({
      where: { AND: [{ customerId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  /** Of customers whom the viewer may read. */
  async function list(
    userId: string,
    { organizationId, ...given }: { organizationId: string },
    page: Page,
  ): Promise<CustomerTask[]> {
    const { assigneeId, isDone, dueBefore } = parseInput(taskFilter, given);
    const departmentId = await listing.departmentsFor(userId, 'customers.read', organizationId);
    const where: Prisma.CustomerTaskWhereInput = {
      organizationId,
      customer: { departmentId, removedAt: null },
      doneAt: isDone ? { not: null } : null,
      ...(assigneeId && { assigneeId }),
      ...(dueBefore && { dueAt: { lt: dueBefore } }),
    };
    return db.customerTask.findMany({
      where: { AND: [where, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });
  }

  return { add, update, setDone, remove, listOf, list };
}
