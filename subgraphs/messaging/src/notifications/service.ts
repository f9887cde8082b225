import { AppError, type Clock, type Page } from '@diaspora/kit';
import type { Notification, NotificationType, Prisma } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { parseReadRequest, type ReadRequest } from './rules.js';

export type Notifications = ReturnType<typeof createNotifications>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes whoever follows somebody's inbox. Never rejects. */
  readonly announce: (recipientId: string) => Promise<void>;
}

export interface NotificationFilter {
  readonly types?: readonly NotificationType[] | null | undefined;
  readonly isUnread?: boolean | null | undefined;
}

export function createNotifications({ db, clock, announce }: Dependencies) {
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
    const marked = await (chosen === 'all' ? markAll(recipientId) : markSome(recipientId, chosen));
    void announce(recipientId);
    return marked;
  }

  async function markAll(recipientId: string): Promise<null> {
    await db.notification.updateMany({
      where: { recipientId, readAt: null },
      data: { readAt: clock.now() },
    });
    return null;
  }

  async function markSome(recipientId: string, ids: readonly string[]): Promise<Notification[]> {
    const mine = { recipientId, id: { in: [...ids] } };
    return db.$transaction(async (tx) => {
      await tx.notification.updateMany({ where: { ...mine, readAt: null }, data: { readAt: clock.now() } });
      const marked = await tx.notification.findMany({ where: mine, orderBy: { id: 'desc' } });
      if (marked.length === ids.length) return marked;
      throw new AppError('NOT_FOUND', 'There is no such notification.', { path: ['ids'] });
    });
  }

  return { listOf, countUnread, markRead };
}

function matching({ types, isUnread }: NotificationFilter): Prisma.NotificationWhereInput {
  return {
    ...(types && { type: { in: [...types] } }),
    ...(isUnread != null && { readAt: isUnread ? null : { not: null } }),
  };
}
