import { addJob, type Clock } from '@diaspora/kit';
import type { Notification, NotificationChannel as Channel } from '../__generated__/prisma/client.js';
import type { ChatWebhooks } from '../chat-webhooks/index.js';
import type { Transaction } from '../database.js';
import type { Devices } from '../devices/index.js';
import { deliveryIds } from '../ids.js';
import {
  decide,
  digestAfter,
  quietEnd,
  traitsOf,
  type Choices,
  type NotificationPreferences,
  type Times,
} from '../notification-preferences/index.js';
import { deliver, deliverAt } from './jobs.js';

interface Dependencies {
  readonly clock: Clock;
  readonly preferences: Pick<NotificationPreferences, 'timesOf'>;
  readonly devices: Pick<Devices, 'idsOf'>;
  readonly chatWebhooks: Pick<ChatWebhooks, 'idsOf'>;
}

const outside: readonly Channel[] = ['PUSH', 'EMAIL', 'SLACK'];

export interface Planned {
  readonly notification: Notification;
  readonly choices: Choices;
}

interface Way {
  readonly recipientId: string;
  readonly channel: Channel;
  readonly target: string;
}

/** Puts new notifications on their way, in the transaction in which they are made. */
export function createPlanning({ clock, preferences, devices, chatWebhooks }: Dependencies) {
  async function plan(tx: Transaction, planned: readonly Planned[]): Promise<void> {
    const personIds = [...new Set(planned.map(({ notification }) => notification.recipientId))];
    const timesOf = await preferences.timesOf(tx, personIds);
    const targetsOf = await targetsBy(tx, personIds);
    const single: Parameters<typeof createAll>[1] = [];
    for (const { notification, choices } of planned) {
      const { id: notificationId, recipientId, type } = notification;
      const [traits, times] = [traitsOf[type], timesOf(recipientId)];
      const snoozeEnd = choices.silence?.kind === 'SNOOZED' ? choices.silence.endsAt : null;
      const from = (!traits.isSecurity && snoozeEnd) || clock.now();
      for (const channel of outside) {
        const { cadence } = decide(traits, channel, choices);
        if (cadence === 'OFF') continue;
        for (const target of targetsOf(channel, recipientId)) {
          const way = { recipientId, channel, target };
          const notBefore = (!traits.isSecurity && quietEnd(from, times)) || from;
          if (cadence === 'IMMEDIATE') single.push({ ...way, notificationId, notBefore });
          else await putTogether(tx, way, notificationId, digestAfter(from, cadence, times), times);
        }
      }
    }
    await createAll(tx, single);
  }

  /** Mail needs no more than the person. */
  async function targetsBy(tx: Transaction, personIds: readonly string[]) {
    const targets = {
      PUSH: await devices.idsOf(tx, personIds),
      SLACK: await chatWebhooks.idsOf(tx, personIds),
    };
    return (channel: Channel, personId: string): string[] =>
      channel === 'PUSH' || channel === 'SLACK'
        ? targets[channel].filter((each) => each.personId === personId).map(({ id }) => id)
        : [''];
  }

  async function createAll(
    tx: Transaction,
    deliveries: (Way & { notificationId: string; notBefore: Date })[],
  ): Promise<void> {
    const rows = deliveries.map((each) => ({ ...each, id: deliveryIds.create(), createdAt: clock.now() }));
    await tx.delivery.createMany({ data: rows });
    for (const { id, notBefore } of rows)
      await addJob(tx, deliver, { deliveryId: id }, deliverAt(id, notBefore));
  }

  /** Into the digest of its window or, when that is on its way already, into the next one. */
  async function putTogether(
    tx: Transaction,
    way: Way,
    notificationId: string,
    { window, sendAt }: ReturnType<typeof digestAfter>,
    times: Times,
  ): Promise<void> {
    const { recipientId, channel, target } = way;
    const id = deliveryIds.create();
    // The row is locked, whether it is new or not: whoever sends it waits for this transaction.
    const [digest] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO deliveries AS known (id, recipient_id, channel, target, digest_window, not_before, created_at)
      VALUES (${id}::uuid, ${recipientId}::uuid, ${channel}::notification_channel, ${target}, ${window}, ${sendAt},
        ${clock.now()})
      ON CONFLICT (recipient_id, channel, target, digest_window) DO UPDATE SET target = excluded.target
        WHERE known.status = 'PENDING' AND known.attempt_count = 0
      RETURNING id`;
    const [cadence] = window.split(':') as ['DAILY' | 'WEEKLY'];
    if (!digest) return putTogether(tx, way, notificationId, digestAfter(sendAt, cadence, times), times);
    await tx.digestItem.create({ data: { deliveryId: digest.id, notificationId } });
    if (digest.id === id) await addJob(tx, deliver, { deliveryId: id }, deliverAt(id, sendAt));
  }

  return { plan };
}
