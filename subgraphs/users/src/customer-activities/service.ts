import { AppError, idempotencyKey, idempotent, parseInput, text, type Clock, type Page } from '@diaspora/kit';
import { z } from 'zod';
import type { CustomerActivity } from '../__generated__/prisma/client.js';
import { recordActivities, type CustomerAccess, type Customers } from '../customers/index.js';
import type { Db } from '../database.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: CustomerAccess;
  readonly customers: Customers;
}

const newActivity = z.object({
  idempotencyKey: idempotencyKey(),
  kind: z.enum(['CALL', 'MAIL', 'MEETING']),
  happenedAt: z.date().nullish(),
  summary: text({ max: 1_000 }),
});

/** What members write into the history of a customer by hand. */
export function createCustomerActivities({ db, clock, access, customers }: Dependencies) {
  async function log(
    userId: string,
    { customerId, ...given }: { customerId: string },
  ): Promise<CustomerActivity> {
    const { idempotencyKey: key, happenedAt, ...said } = parseInput(newActivity, given);
    if (happenedAt && happenedAt > clock.now())
      throw new AppError('INVALID_INPUT', 'It has not happened yet.', { path: ['happenedAt'] });
    const found = await access.find(userId, customerId, { action: 'customers.write' });
    const request = { customerId, ...said, happenedAt: happenedAt?.toISOString() };
    const call = { actor: userId, operation: 'logCustomerActivity', key, request };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        await access.lock(tx, [found]);
        const entry = { ...said, customerId, actorId: userId, happenedAt: happenedAt ?? clock.now() };
        const [added] = await recordActivities(tx, [entry]);
        await customers.record(tx, customerId, 'customerActivity.logged', { after: { kind: said.kind } });
        return { id: added! };
      }),
    );
    return db.customerActivity.findUniqueOrThrow({ where: { id } });
  }

  const listOf = (customerId: string, page: Page): Promise<CustomerActivity[]> =>
    db.customerActivity.findMany({
      where: { AND: [{ customerId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { log, listOf };
}
