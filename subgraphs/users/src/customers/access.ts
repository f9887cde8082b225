import { AppError } from '@diaspora/kit';
import type { Customer } from '../__generated__/prisma/client.js';
import type { Authority, BuiltInAction } from '../authority/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { noSuchCustomer } from './rules.js';

export type CustomerAccess = ReturnType<typeof createCustomerAccess>;

export interface Wanted {
  readonly action: BuiltInAction;
  /** The input field that names the customer. */
  readonly path?: string;
  /** Also one that was removed or merged. */
  readonly isRemoved?: boolean;
}

/** Who may do what to which customers. */
export function createCustomerAccess({ db, authority }: { readonly db: Db; readonly authority: Authority }) {
  /**
   * The customer, for whoever may read it and do this to it: answers show it. Throws NOT_FOUND for whom the viewer may
   * not read, and FORBIDDEN for one whom the viewer may read and no more.
   */
  async function find(userId: string, customerId: string, wanted: Wanted): Promise<Customer> {
    const { action, path = 'customerId', isRemoved = false } = wanted;
    const customer = await db.customer.findUnique({ where: { id: customerId } });
    if (!customer) throw noSuchCustomer(path);
    const nodeId = customer.departmentId;
    const [acting, reading] = await authority.decideAll(userId, [
      { nodeId, action },
      { nodeId, action: 'customers.read' },
    ]);
    const isGone = customer.removedAt !== null && !isRemoved;
    if (isGone || !reading!.isAllowed) throw noSuchCustomer(path);
    if (!acting!.isAllowed) throw new AppError('FORBIDDEN', 'You may not do this to this customer.');
    return customer;
  }

  /**
   * Locks customers that were found before, in one order, and answers them as they are now. Throws CONFLICT for one that
   * was moved, removed or brought back in between: whether it may be changed was decided for where it was.
   */
  async function lock(tx: Transaction, found: readonly Customer[]): Promise<Customer[]> {
    const ids = found.map(({ id }) => id);
    await tx.$executeRaw`
      SELECT 1 FROM customers WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
    const rows = new Map(
      (await tx.customer.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]),
    );
    return found.map((one) => {
      const now = rows.get(one.id);
      const isSame =
        now?.departmentId === one.departmentId && (now.removedAt === null) === (one.removedAt === null);
      if (!isSame) throw new AppError('CONFLICT', 'The customer has changed meanwhile.');
      return now;
    });
  }

  /** Of these customers those whom somebody is shown: by one statement for all of their departments. */
  async function shownTo(userId: string | null, customers: readonly Customer[]): Promise<Customer[]> {
    if (userId === null || customers.length === 0) return [];
    const departments = [...new Set(customers.map(({ departmentId }) => departmentId))];
    const allowedFor = async (action: BuiltInAction) => {
      const questions = departments.map((nodeId) => ({ nodeId, action }));
      const decisions = await authority.decideAll(userId, questions);
      return new Set(departments.filter((_id, index) => decisions[index]!.isAllowed));
    };
    const readable = await allowedFor('customers.read');
    const hasRemoved = customers.some(isRemovedOnly);
    const deletable = hasRemoved ? await allowedFor('customers.delete') : new Set<string>();
    return customers.filter((customer) =>
      (isRemovedOnly(customer) ? [readable, deletable] : [readable]).every((allowed) =>
        allowed.has(customer.departmentId),
      ),
    );
  }

  return { find, lock, shownTo };
}

/** One that was merged is still seen, as what leads to the other. */
const isRemovedOnly = ({ removedAt, mergedIntoId }: Customer) => removedAt !== null && mergedIntoId === null;

/** Throws INVALID_INPUT for an owner who is no member, and holds the membership until the end of the transaction. */
export async function assertMember(
  tx: Transaction,
  organizationId: string,
  userId: string,
  path = 'ownerId',
): Promise<void> {
  const [member] = await tx.$queryRaw<unknown[]>(Prisma.sql`
    SELECT 1 FROM organization_members WHERE organization_id = ${organizationId}::uuid AND user_id = ${userId}::uuid
    FOR KEY SHARE`);
  if (!member)
    throw new AppError('INVALID_INPUT', 'Customers are looked after by members.', { path: [path] });
}
