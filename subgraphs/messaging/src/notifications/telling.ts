import type { Clock, Outbox } from '@diaspora/kit';
import { isBlocked } from '../blocks.js';
import type { Transaction } from '../database.js';
import { notificationIds, userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import { isWorthTelling, type Notice } from './rules.js';

export type Telling = ReturnType<typeof createTelling>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
}

/** How something comes into people's inboxes. */
export function createTelling({ clock, outbox }: Dependencies) {
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
    const key = userIds.encode(recipientId);
    const data = {
      notificationId: notificationIds.encode(id),
      userId: key,
      type: notice.type,
      createdAt: createdAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'notification.created', key, data });
  }

  async function tellAll(tx: Transaction, notices: readonly Notice[]): Promise<void> {
    for (const notice of notices) await tell(tx, notice);
  }

  return { tell, tellAll };
}
