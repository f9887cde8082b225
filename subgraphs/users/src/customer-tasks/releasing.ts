import type { CustomerTask } from '../__generated__/prisma/client.js';
import type { Customers } from '../customers/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { customerTaskIds } from '../ids.js';

/** Whoever is no member any more, of which organization, and who took them out. */
export interface Leaving {
  readonly organizationId: string;
  readonly userId: string;
  readonly byId: string;
}

const atOnce = 20;

interface Dependencies {
  readonly db: Db;
  readonly customers: Pick<Customers, 'change' | 'recorderOf'>;
}

/** Customers and tasks of somebody who left belong to nobody, with the history that any change of them has. */
export function createReleasing({ db, customers }: Dependencies) {
  const record = customers.recorderOf('taskId', customerTaskIds);

  /** The job: customers step by step, each in a transaction of its own. */
  async function release(leaving: Leaving): Promise<void> {
    const { organizationId, userId } = leaving;
    const owned = Prisma.sql`organization_id = ${organizationId}::uuid AND owner_id = ${userId}::uuid`;
    const assigned = Prisma.sql`organization_id = ${organizationId}::uuid AND assignee_id = ${userId}::uuid`;
    // Apart, as the indexes are.
    for (const isThere of [Prisma.sql`removed_at IS NULL`, Prisma.sql`removed_at IS NOT NULL`])
      await stepByStep(
        leaving,
        Prisma.sql`SELECT id FROM customers WHERE ${owned} AND ${isThere}`,
        releaseOwned,
      );
    for (const isDone of [Prisma.sql`done_at IS NULL`, Prisma.sql`done_at IS NOT NULL`])
      await stepByStep(
        leaving,
        Prisma.sql`SELECT DISTINCT customer_id AS id FROM customer_tasks WHERE ${assigned} AND ${isDone}`,
        releaseAssigned,
      );
  }

  /** Until no customer fits. Whoever is a member again keeps what is left. */
  async function stepByStep(
    leaving: Leaving,
    fitting: Prisma.Sql,
    releaseThose: (tx: Transaction, leaving: Leaving, customerIds: string[]) => Promise<void>,
  ): Promise<void> {
    for (;;) {
      const count = await db.$transaction(async (tx) => {
        const { organizationId, userId } = leaving;
        if ((await tx.organizationMember.count({ where: { organizationId, userId } })) > 0) return 0;
        const found = await tx.$queryRaw<{ id: string }[]>`${fitting} LIMIT ${atOnce}`;
        const ids = found.map(({ id }) => id);
        await tx.$executeRaw`
          SELECT 1 FROM customers WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
        await releaseThose(tx, leaving, ids);
        return ids.length;
      });
      if (count < atOnce) return;
    }
  }

  async function releaseOwned(tx: Transaction, { userId, byId }: Leaving, ids: string[]): Promise<void> {
    for (const customer of await tx.customer.findMany({ where: { id: { in: ids }, ownerId: userId } }))
      await customers.change(tx, byId, customer, { ownerId: null });
  }

  async function releaseAssigned(tx: Transaction, { userId }: Leaving, ids: string[]): Promise<void> {
    const where = { customerId: { in: ids }, assigneeId: userId };
    for (const task of await tx.customerTask.findMany({ where })) await releaseTask(tx, task);
  }

  async function releaseTask(tx: Transaction, { id, customerId, title }: CustomerTask): Promise<void> {
    await record(tx, customerId, 'customerTask.changed', id, { before: { title }, after: { title } });
    await tx.customerTask.update({ where: { id }, data: { assigneeId: null, version: { increment: 1 } } });
  }

  return { release };
}
