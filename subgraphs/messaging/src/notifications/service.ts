import { AppError, type Clock, type Outbox, type Page } from '@diaspora/kit';
import type { Notification, NotificationType, Prisma } from '../__generated__/prisma/client.js';
import { isBlocked } from '../blocks.js';
import type { Db, Transaction } from '../database.js';
import { notificationIds, userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import { isWorthTelling, parseReadRequest, type Notice, type ReadRequest } from './rules.js';

export type Notifications = ReturnType<typeof createNotifications>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
}

export interface NotificationFilter {
  readonly types?: readonly NotificationType[] | null | undefined;
  readonly isUnread?: boolean | null | undefined;
}

export function createNotifications({ db, clock, outbox }: Dependencies) {
  /**
   * The unique key of recipient, type and occasion makes a repeated report a silent one. Nobody hears of somebody from
   * whom a block separates them.
   */
  async function tell(tx: Transaction, notice: Notice): Promise<void> {
    const { actorId, recipientId } = notice;
    if (!isWorthTelling(notice) || (actorId && (await isBlocked(tx, recipientId, actorId)))) return;
    const id = notificationIds.create();
    const createdAt = clock.now();
    const { count } = await tx.notification.createMany({
      data: [{ ...notice, id, createdAt }],
      skipDuplicates: true,
    });
    if (count === 0) return;
    const key = userIds.encode(notice.recipientId);
    const data = {
      notificationId: notificationIds.encode(id),
      userId: key,
      type: notice.type,
      createdAt: createdAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'notification.created', key, data });
  }

  const listOf = (recipientId: string, filter: NotificationFilter, page: Page): Promise<Notification[]> =>
    db.notification.findMany({
      where: { AND: [{ recipientId }, matching(filter), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const countUnread = (recipientId: string): Promise<number> =>
    db.notification.count({ where: { recipientId, readAt: null } });

  /** The first reading counts: a notification that is read keeps its time. */
  async function markRead(recipientId: string, request: ReadRequest): Promise<Notification[] | null> {
    const chosen = parseReadRequest(request);
    if (chosen === 'all') {
      await db.notification.updateMany({
        where: { recipientId, readAt: null },
        data: { readAt: clock.now() },
      });
      return null;
    }
    const mine = { recipientId, id: { in: [...chosen] } };
    return db.$transaction(async (tx) => {
      await tx.notification.updateMany({ where: { ...mine, readAt: null }, data: { readAt: clock.now() } });
      const marked = await tx.notification.findMany({ where: mine, orderBy: { id: 'desc' } });
      if (marked.length === chosen.length) return marked;
      throw new AppError('NOT_FOUND', 'There is no such notification.', { path: ['ids'] });
    });
  }

  return { tell, listOf, countUnread, markRead };
}

function matching({ types, isUnread }: NotificationFilter): Prisma.NotificationWhereInput {
  return {
    ...(types && { type: { in: [...types] } }),
    ...(isUnread != null && { readAt: isUnread ? null : { not: null } }),
  };
}
