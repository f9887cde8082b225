import { addJob, AppError, dayMs, type Audit, type Clock, type Page } from '@diaspora/kit';
import type { DeliveryStatus, NotificationChannel, Prisma } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { deliveryIds } from '../ids.js';
import { pageOfStates } from '../pages-of-states.js';
import { deliver, deliverAt } from './jobs.js';
import { maxAttempts } from './rules.js';

export type DeliveryLog = ReturnType<typeof createDeliveryLog>;

export interface DeliveryFilter {
  readonly statuses?: readonly DeliveryStatus[] | null | undefined;
  readonly channel?: NotificationChannel | null | undefined;
}

export type LoggedDelivery = Prisma.DeliveryGetPayload<{ include: typeof logged }>;

export const logged = {
  notification: { select: { type: true } },
  attempts: { orderBy: { number: 'asc' } },
} satisfies Prisma.DeliveryInclude;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

const keptDays = 90;

/** What became of notifications on their way, without what they said and to whom. */
export function createDeliveryLog({ db, clock, audit }: Dependencies) {
  const list = ({ statuses, channel }: DeliveryFilter, page: Page): Promise<LoggedDelivery[]> =>
    pageOfStates(statuses, page, (state) =>
      db.delivery.findMany({
        where: { AND: [{ ...state, ...(channel && { channel }) }, page.where] },
        include: logged,
        orderBy: page.orderBy,
        take: page.take,
      }),
    );

  /** Sends one on its way again that was given up, or of which nobody knows whether it was sent. */
  const replay = (id: string): Promise<LoggedDelivery> =>
    db.$transaction(async (tx) => {
      const { count } = await tx.delivery.updateMany({
        where: { id, status: { in: ['FAILED', 'UNCONFIRMED'] } },
        data: {
          ...{ status: 'PENDING', reason: null, settledAt: null },
          ...{ attemptsLeft: maxAttempts, notBefore: clock.now() },
        },
      });
      if (count === 0)
        throw new AppError('NOT_FOUND', 'There is no such delivery to send again.', { path: ['deliveryId'] });
      await addJob(tx, deliver, { deliveryId: id }, deliverAt(id, clock.now()));
      const delivery = await tx.delivery.findUniqueOrThrow({ where: { id }, include: logged });
      await audit.record(tx, {
        action: 'delivery.replayed',
        subject: { type: 'NotificationDelivery', id: deliveryIds.encode(id) },
        personId: delivery.recipientId,
      });
      return delivery;
    });

  const forget = async (): Promise<void> => {
    const createdAt = { lt: new Date(clock.now().getTime() - keptDays * dayMs) };
    await db.delivery.deleteMany({ where: { createdAt, NOT: { status: { in: ['PENDING', 'SENDING'] } } } });
  };

  return { list, replay, forget };
}
