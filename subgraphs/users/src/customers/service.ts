import { AppError, idempotent, parseInput, type Audit, type Clock, type IdType } from '@diaspora/kit';
import type { Customer } from '../__generated__/prisma/client.js';
import type { Auditing } from '../audit/index.js';
import type { Authority } from '../authority/index.js';
import type { CustomerFields, CustomValues } from '../customer-fields/index.js';
import type { Db, Prisma, Transaction } from '../database.js';
import { customerIds } from '../ids.js';
import { assertMember, type CustomerAccess } from './access.js';
import { withValues, type GivenValue } from './custom.js';
import {
  changedMeanwhile,
  customerChanges,
  derivedFrom,
  differenceOf,
  newCustomer,
  removedForMs,
} from './rules.js';
import { recordActivities } from './timeline.js';

export type Customers = ReturnType<typeof createCustomers>;

interface States {
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
}

export interface CustomersDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly authority: Authority;
  readonly access: CustomerAccess;
  readonly fields: CustomerFields;
  /** Erases what the audit trail keeps beside its lines about somebody. */
  readonly eraseAuditDetails: Auditing['eraseAuditDetails'];
}

interface Given {
  readonly customFields?: readonly GivenValue[] | null | undefined;
}

/** What is not said of a new customer. */
const unsaid: Pick<
  Customer,
  'email' | 'phone' | 'website' | 'street' | 'postalCode' | 'city' | 'countryCode' | 'ownerId' | 'tags'
> = {
  ...{ email: null, phone: null, website: null, street: null, postalCode: null, city: null },
  ...{ countryCode: null, ownerId: null, tags: [] },
};

type NewCustomer = typeof unsaid &
  Pick<Customer, 'organizationId' | 'departmentId' | 'name' | 'kind' | 'status'> & { custom: CustomValues };

export function createCustomers(dependencies: CustomersDependencies) {
  const { db, clock, audit, authority, access, fields, eraseAuditDetails } = dependencies;

  async function create(
    userId: string,
    { departmentId, customFields, ...given }: Given & { departmentId: string },
  ): Promise<Customer> {
    const { idempotencyKey: key, ...input } = parseInput(newCustomer, given);
    const { organizationId, path } = await authority.assertMay(
      ...([userId, 'customers.write', departmentId, 'departmentId'] as const),
    );
    assertDepartment(path);
    const custom = withValues({}, await fields.listOf(organizationId), customFields ?? []);
    const request = { departmentId, ...input, custom };
    const call = { actor: userId, operation: 'createCustomer', key, request };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({
        id: await insert(tx, userId, { ...unsaid, ...defined(input), organizationId, departmentId, custom }),
      })),
    );
    return db.customer.findUniqueOrThrow({ where: { id } });
  }

  async function insert(tx: Transaction, userId: string, given: NewCustomer): Promise<string> {
    if (given.ownerId) await assertMember(tx, given.organizationId, given.ownerId);
    const id = customerIds.create();
    const at = clock.now();
    const row = { ...given, ...derivedFrom(given), id, createdAt: at, createdById: userId, updatedAt: at };
    await tx.customer.create({ data: row });
    await recordActivities(tx, [{ customerId: id, kind: 'CREATED', actorId: userId, happenedAt: at }]);
    await record(tx, id, 'customer.created', { after: differenceOf({}, row).after });
    return id;
  }

  async function update(
    userId: string,
    {
      customerId,
      expectedVersion,
      customFields,
      ...given
    }: Given & { customerId: string; expectedVersion: number },
  ): Promise<Customer> {
    const changes = defined(parseInput(customerChanges, given));
    const found = await access.find(userId, customerId, { action: 'customers.write' });
    await assertMayMove(userId, found, changes.departmentId);
    const known = customFields?.length ? await fields.listOf(found.organizationId) : [];
    return db.$transaction(async (tx) => {
      const [before] = (await access.lock(tx, [found])) as [Customer];
      if (before.version !== expectedVersion) throw changedMeanwhile(before);
      const custom = withValues(before.custom as CustomValues, known, customFields ?? []);
      return change(tx, userId, before, { ...changes, ...(customFields?.length && { custom }) });
    });
  }

  /** Writes what differs, with its history. The row is locked. */
  async function change(
    tx: Transaction,
    userId: string,
    before: Customer,
    changes: Partial<Customer>,
  ): Promise<Customer> {
    const { fields: changed, ...states } = differenceOf(before, changes);
    if (changed.length === 0) return before;
    if (changed.includes('ownerId') && changes.ownerId)
      await assertMember(tx, before.organizationId, changes.ownerId);
    const at = clock.now();
    await recordActivities(tx, [
      { customerId: before.id, kind: 'UPDATED', actorId: userId, happenedAt: at, fields: changed },
    ]);
    await record(tx, before.id, 'customer.changed', states);
    return write(tx, before, changes, at);
  }

  /** The fields alone: their history is the caller's to tell. */
  const write = (
    tx: Transaction,
    before: Customer,
    changes: Partial<Customer>,
    at: Date,
  ): Promise<Customer> => {
    const data: object = { ...changes, ...derivedFrom({ ...before, ...changes }), updatedAt: at };
    return tx.customer.update({ where: { id: before.id }, data: { ...data, version: { increment: 1 } } });
  };

  async function assertMayMove(userId: string, { departmentId, organizationId }: Customer, to?: string) {
    if (to === undefined || to === departmentId) return;
    const place = await authority.assertMay(userId, 'customers.write', to, 'departmentId');
    if (place.organizationId !== organizationId)
      throw new AppError('INVALID_INPUT', 'Customers stay in their organization.', {
        path: ['departmentId'],
      });
    assertDepartment(place.path);
  }

  async function remove(userId: string, customerId: string): Promise<Customer> {
    const found = await access.find(userId, customerId, { action: 'customers.delete', isRemoved: true });
    if (found.removedAt) return found;
    return db.$transaction(async (tx) => {
      await access.lock(tx, [found]);
      return setRemoved(tx, userId, customerId, clock.now());
    });
  }

  async function restore(userId: string, customerId: string): Promise<Customer> {
    const found = await access.find(userId, customerId, { action: 'customers.delete', isRemoved: true });
    if (found.mergedIntoId)
      throw new AppError('CONFLICT', 'It was merged: undo that instead.', { path: ['customerId'] });
    if (!found.removedAt) return found;
    return db.$transaction(async (tx) => {
      await access.lock(tx, [found]);
      return setRemoved(tx, userId, customerId, null);
    });
  }

  async function setRemoved(tx: Transaction, userId: string, id: string, removedAt: Date | null) {
    const kind = removedAt ? 'REMOVED' : 'RESTORED';
    await recordActivities(tx, [{ customerId: id, kind, actorId: userId, happenedAt: clock.now() }]);
    await record(tx, id, removedAt ? 'customer.removed' : 'customer.restored', {});
    return tx.customer.update({ where: { id }, data: { removedAt, version: { increment: 1 } } });
  }

  async function erase(userId: string, customerId: string): Promise<void> {
    const found = await access.find(userId, customerId, { action: 'customers.erase', isRemoved: true });
    await db.$transaction(async (tx) => {
      await access.lock(tx, [found]);
      await record(tx, customerId, 'customer.erased', {});
      await eraseRows(tx, [customerId]);
    });
  }

  /** With those merged into them: they are the same people. */
  async function eraseRows(tx: Transaction, ids: readonly string[]): Promise<void> {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      WITH RECURSIVE gone AS (
        SELECT id FROM customers WHERE id = ANY(${[...ids]}::uuid[])
        UNION SELECT c.id FROM customers c JOIN gone ON c.merged_into_id = gone.id)
      SELECT id FROM gone ORDER BY id`;
    for (const { id } of rows) await eraseAuditDetails(tx, id, subjectOf(id));
    await tx.customer.deleteMany({ where: { id: { in: rows.map(({ id }) => id) } } });
  }

  /** Removed and merged ones, and those of closed organizations, go when nobody can bring them back. */
  async function forgetRemoved(): Promise<void> {
    const before = new Date(clock.now().getTime() - removedForMs);
    await forgetAll({ removedAt: { lt: before } });
    await forgetAll({ organization: { closedAt: { lt: before } } });
  }

  async function forgetAll(gone: Prisma.CustomerWhereInput): Promise<void> {
    for (;;) {
      const rows = await db.customer.findMany({ where: gone, select: { id: true }, take: 100 });
      if (rows.length === 0) return;
      const ids = rows.map(({ id }) => id);
      await db.$transaction((tx) => eraseRows(tx, ids));
    }
  }

  /** Public ids and actions stay in the trail; what was said about the customer can be erased with it. */
  const record = (tx: Transaction, id: string, action: string, states: States) =>
    audit.record(tx, { action, subject: subjectOf(id), personId: id, ...states });

  /** The same about what hangs on a customer: its public id goes by a name. */
  const recorderOf =
    (name: string, ids: IdType) =>
    (tx: Transaction, customerId: string, action: string, id: string, states: States = {}) =>
      record(tx, customerId, action, { ...states, after: { [name]: ids.encode(id), ...states.after } });

  return { create, update, change, write, remove, restore, erase, forgetRemoved, record, recorderOf };
}

/** Customers belong to a department: the second level of the tree. */
export function assertDepartment(path: readonly string[]): void {
  if (path.length !== 2)
    throw new AppError('INVALID_INPUT', 'Customers belong to a department.', { path: ['departmentId'] });
}

const subjectOf = (id: string) => ({ type: 'Customer', id: customerIds.encode(id) });

type Defined<Input> = { [Key in keyof Input]: Exclude<Input[Key], undefined> };

const defined = <Input extends object>(input: Input) =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Defined<Input>;
