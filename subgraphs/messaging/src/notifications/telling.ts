import type { Clock, Outbox } from '@diaspora/kit';
import { blockedPairs } from '../blocks.js';
import type { Notification, Prisma } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { notificationIds, userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import {
  decide,
  traitsOf,
  type Choices,
  type NotificationPreferences,
} from '../notification-preferences/index.js';
import { isSilenceable } from '../subjects.js';
import { isWorthTelling, type Notice } from './rules.js';

export type Telling = ReturnType<typeof createTelling>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly preferences: Pick<NotificationPreferences, 'choicesOf'>;
  /** Puts it on its way by other channels than the inbox. */
  readonly plan: (
    tx: Transaction,
    planned: readonly { notification: Notification; choices: Choices }[],
  ) => Promise<void>;
}

interface ReadSoFar {
  readonly recipientId: string;
  readonly conversationId: string;
  readonly upToSequence: number;
}

/** How something comes into people's inboxes. */
export function createTelling({ clock, outbox, preferences, plan }: Dependencies) {
  const tell = (tx: Transaction, notice: Notice): Promise<void> => tellAll(tx, [notice]);

  /**
   * The unique key of recipient, type and occasion makes a repeated report a silent one. Nobody hears of somebody from
   * whom a block separates them. In the order of the recipients, so that two at a time do not wait for each other.
   */
  async function tellAll(tx: Transaction, notices: readonly Notice[]): Promise<void> {
    const worthTelling = await withoutBlocked(tx, notices.filter(isWorthTelling));
    const told = worthTelling
      .map((notice) => ({ ...notice, objectId: objectOf(notice) }))
      .sort((one, other) => (one.recipientId < other.recipientId ? -1 : 1));
    if (told.length === 0) return;
    const choices = await preferences.choicesOf(tx, told);
    const createdAt = clock.now();
    const rows = told.map((notice, index) => ({
      ...{ ...notice, id: notificationIds.create(), createdAt },
      isInInbox: decide(traitsOf[notice.type], 'IN_APP', choices[index]!).cadence !== 'OFF',
    }));
    const choicesById = new Map(rows.map(({ id }, index) => [id, choices[index]!]));
    const created = await tx.notification.createManyAndReturn({ data: rows, skipDuplicates: true });
    for (const notification of created) if (notification.isInInbox) await announce(tx, notification);
    if (created.length === 0) return;
    await plan(
      tx,
      created.map((notification) => ({ notification, choices: choicesById.get(notification.id)! })),
    );
  }

  async function withoutBlocked(tx: Transaction, notices: readonly Notice[]): Promise<Notice[]> {
    const pairs = notices.flatMap(({ recipientId, actorId }) =>
      actorId ? [[recipientId, actorId] as const] : [],
    );
    const blocked = await blockedPairs(tx, pairs);
    return notices.filter(({ recipientId, actorId }) => !blocked.has(`${recipientId} ${actorId}`));
  }

  async function announce(
    tx: Transaction,
    { id, recipientId, type, createdAt }: Notification,
  ): Promise<void> {
    const key = userIds.encode(recipientId);
    const about = { notificationId: notificationIds.encode(id), userId: key };
    const data = { ...about, type, createdAt: createdAt.toISOString() };
    await outbox.publish(tx, { type: 'notification.created', key, data });
  }

  /** Of what was taken back nobody is told any more, in the inbox or elsewhere. */
  async function withdraw(tx: Transaction, which: Prisma.NotificationWhereInput): Promise<void> {
    await tx.notification.updateMany({
      where: { ...which, withdrawnAt: null },
      data: { withdrawnAt: clock.now() },
    });
  }

  /** Whoever has read a conversation so far need not hear of it any more. Answers how many notices that was. */
  const markRead = (
    tx: Transaction,
    { recipientId, conversationId, upToSequence }: ReadSoFar,
  ): Promise<number> =>
    tx.$executeRaw`
      UPDATE notifications n SET read_at = ${clock.now()}, seen_at = coalesce(n.seen_at, ${clock.now()})
      WHERE n.recipient_id = ${recipientId}::uuid AND n.object_id = ${conversationId}::uuid AND n.read_at IS NULL
        AND (n.type IN ('MESSAGES_MISSED', 'MESSAGE_REQUESTED', 'GROUP_ADDED', 'GROUP_JOIN_APPROVED')
          OR n.type = 'MENTIONED' AND EXISTS (
            SELECT FROM messages m WHERE m.id = n.subject_id AND m.sequence <= ${upToSequence}::int))`;

  return { tell, tellAll, withdraw, markRead };
}

const objectOf = ({ objectId, subjectType, subjectId }: Notice): string | null =>
  objectId ?? (isSilenceable(subjectType) ? subjectId : null);
