import type { Clock } from '@diaspora/kit';
import type { Delivery, Notification } from '../__generated__/prisma/client.js';
import { isBlocked } from '../blocks.js';
import type { Transaction } from '../database.js';
import {
  decide,
  quietEnd,
  traitsOf,
  type NotificationPreferences,
} from '../notification-preferences/index.js';
import { isStillMissed } from '../notifications/index.js';
import { reasonToSkip } from './rules.js';

export type Contents =
  | { readonly kind: 'SEND'; readonly notifications: readonly Notification[] }
  | { readonly kind: 'SKIP'; readonly reason: string }
  | { readonly kind: 'DEFER'; readonly until: Date };

interface Dependencies {
  readonly clock: Clock;
  readonly preferences: Pick<NotificationPreferences, 'choicesOf' | 'timesOf'>;
}

/** What is left to send of a delivery when its time has come: looked at again, as much may have happened since. */
export function createContents({ clock, preferences }: Dependencies) {
  async function contentsOf(tx: Transaction, delivery: Delivery): Promise<Contents> {
    const { recipientId } = delivery;
    if ((await tx.member.count({ where: { id: recipientId, NOT: { erasedAt: null } } })) > 0)
      return { kind: 'SKIP', reason: 'ERASED' };
    const notifications = await notificationsOf(tx, delivery);
    const looked = [];
    for (const notification of notifications) looked.push(await look(tx, notification, delivery));
    const left = looked.filter(({ reason }) => reason === null);
    if (left.length === 0) return { kind: 'SKIP', reason: looked[0]?.reason ?? 'EMPTY' };
    const until = delivery.digestWindow === null ? await quietUntil(tx, left[0]!) : null;
    if (until) return { kind: 'DEFER', until };
    return { kind: 'SEND', notifications: left.map(({ notification }) => notification) };
  }

  /** Of a digest, those that came first, first. */
  async function notificationsOf(tx: Transaction, { id, notificationId }: Delivery): Promise<Notification[]> {
    if (notificationId) return tx.notification.findMany({ where: { id: notificationId } });
    const items = await tx.digestItem.findMany({
      where: { deliveryId: id },
      include: { notification: true },
      orderBy: { notificationId: 'asc' },
    });
    return items.map(({ notification }) => notification);
  }

  async function look(tx: Transaction, notification: Notification, { channel, digestWindow }: Delivery) {
    const { recipientId, actorId, type, subjectId, objectId } = notification;
    const now = clock.now();
    const [choices] = await preferences.choicesOf(tx, [{ recipientId, type, objectId }]);
    const event = type === 'EVENT_REMINDER' && (await tx.knownEvent.findUnique({ where: { id: subjectId } }));
    const reason = reasonToSkip(notification, {
      now,
      decision: decide(traitsOf[type], channel, choices!),
      isBlocked: actorId !== null && (await isBlocked(tx, recipientId, actorId)),
      startsAt: event ? event.startsAt : null,
      isOver: type === 'MESSAGES_MISSED' && !(await isStillMissed(tx, notification, now)),
      isDigest: digestWindow !== null,
    });
    return { notification, choices: choices!, reason };
  }

  /** Until when it waits by what the person chose meanwhile; quiet hours also hold back what is tried again. */
  async function quietUntil(
    tx: Transaction,
    { notification, choices }: Awaited<ReturnType<typeof look>>,
  ): Promise<Date | null> {
    if (traitsOf[notification.type].isSecurity) return null;
    if (choices.silence?.kind === 'SNOOZED' && choices.silence.endsAt) return choices.silence.endsAt;
    const { recipientId } = notification;
    return quietEnd(clock.now(), (await preferences.timesOf(tx, [recipientId]))(recipientId));
  }

  return { contentsOf };
}
