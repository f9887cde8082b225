import { AppError, type Clock, type Page } from '@diaspora/kit';
import type { Notification, NotificationType, Prisma } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { parseReadRequest, type ReadRequest } from './rules.js';

export type Notifications = ReturnType<typeof createNotifications>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes whoever follows that inbox. After the commit; never rejects. */
  readonly announce: (recipientId: string) => Promise<void>;
}

export interface NotificationFilter {
  readonly types?: readonly NotificationType[] | null | undefined;
  readonly isUnread?: boolean | null | undefined;
  readonly isArchived?: boolean | null | undefined;
  readonly isFromFollowed?: boolean | null | undefined;
}

type Mark = 'seenAt' | 'readAt' | 'archivedAt';

/** What is read has been seen, and what is put away has been read. */
const marks: readonly Mark[] = ['seenAt', 'readAt', 'archivedAt'];

const shown = { isInInbox: true, withdrawnAt: null } as const;

export function createNotifications({ db, clock, announce }: Dependencies) {
  async function listOf(
    recipientId: string,
    filter: NotificationFilter,
    page: Page,
  ): Promise<Notification[]> {
    const followed = filter.isFromFollowed ? { actorId: { in: await followedBy(recipientId) } } : {};
    return db.notification.findMany({
      where: { AND: [{ recipientId, ...shown }, matching(filter), followed, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });
  }

  const followedBy = async (followerId: string): Promise<string[]> => {
    const where = { followerId, isActive: true };
    const follows = await db.follow.findMany({ where, select: { followedId: true }, take: 10_000 });
    return follows.map(({ followedId }) => followedId);
  };

  const countUnread = (recipientId: string): Promise<number> =>
    db.notification.count({ where: { recipientId, ...shown, readAt: null } });

  const countUnseen = (recipientId: string): Promise<number> =>
    db.notification.count({ where: { recipientId, ...shown, seenAt: null } });

  /** The first time counts: what is read keeps its time. Of all, only what was read is put away. */
  async function mark(recipientId: string, request: ReadRequest, what: Mark): Promise<Notification[] | null> {
    const chosen = parseReadRequest(request);
    const all = { recipientId, ...shown, ...(what === 'archivedAt' && { readAt: { not: null } }) };
    const which = chosen === 'all' ? all : { recipientId, withdrawnAt: null, id: { in: [...chosen] } };
    const marked = await db.$transaction(async (tx) => {
      for (const each of marks.slice(0, marks.indexOf(what) + 1)) await write(tx, which, each);
      return chosen === 'all' ? null : named(tx, which, chosen.length);
    });
    void announce(recipientId);
    return marked;
  }

  const write = async (tx: Transaction, which: Prisma.NotificationWhereInput, mark: Mark): Promise<void> => {
    await tx.notification.updateMany({
      where: { AND: [which, { [mark]: null }] },
      data: { [mark]: clock.now() },
    });
  };

  async function named(tx: Transaction, where: Prisma.NotificationWhereInput, count: number) {
    const found = await tx.notification.findMany({ where, orderBy: { id: 'desc' } });
    if (found.length === count) return found;
    throw new AppError('NOT_FOUND', 'There is no such notification.', { path: ['ids'] });
  }

  /** Back into the inbox. */
  async function restore(recipientId: string, ids: readonly string[]): Promise<Notification[]> {
    const chosen = parseReadRequest({ ids });
    const where = { recipientId, withdrawnAt: null, id: { in: [...chosen] } };
    const restored = await db.$transaction(async (tx) => {
      await tx.notification.updateMany({ where, data: { archivedAt: null } });
      return named(tx, where, chosen.length);
    });
    void announce(recipientId);
    return restored;
  }

  return { listOf, countUnread, countUnseen, mark, restore };
}

function matching({ types, isUnread, isArchived }: NotificationFilter): Prisma.NotificationWhereInput {
  return {
    ...(types && { type: { in: [...types] } }),
    ...(isUnread != null && { readAt: isUnread ? null : { not: null } }),
    archivedAt: isArchived ? { not: null } : null,
  };
}
