import { addJob, type Clock, type Outbox } from '@diaspora/kit';
import type { Delivery } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { deliveryIds, userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import { deliver, deliverAt } from './jobs.js';
import type { DeliveryMetrics } from './metrics.js';
import { retryAt, type Outcome } from './rules.js';

export type Settling = ReturnType<typeof createSettling>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly metrics: DeliveryMetrics;
}

/** What becomes of a delivery after an attempt, or instead of one. */
export function createSettling({ clock, outbox, metrics }: Dependencies) {
  /** Of an attempt that is on record: once, except that one which was given up as cut short may turn out well. */
  async function settle(tx: Transaction, attemptId: string, outcome: Outcome): Promise<void> {
    const { kind } = outcome;
    const detail = 'detail' in outcome ? outcome.detail : null;
    // The delivery is locked first, as by whoever gives an attempt up.
    const [delivery] = await tx.$queryRaw<(Locked & Tried)[]>`
      SELECT d.id, d.recipient_id AS "recipientId", d.channel, d.not_before AS "notBefore",
        d.attempts_left AS "attemptsLeft", a.number, a.provider,
        d.attempt_count = a.number AND d.status IN ('SENDING', 'UNCONFIRMED') AS "isOpen"
      FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id
      WHERE a.id = ${attemptId}::uuid FOR UPDATE OF d`;
    const { count } = await tx.deliveryAttempt.updateMany({
      where: { id: attemptId, OR: [{ endedAt: null }, { outcome: 'UNCONFIRMED' }] },
      data: { endedAt: clock.now(), outcome: kind, detail },
    });
    if (count === 0 || !delivery?.isOpen) return;
    metrics.settled(delivery.channel, delivery.provider, kind);
    if (kind === 'SENT')
      metrics.sentAfter(delivery.channel, clock.now().getTime() - delivery.notBefore.getTime());
    await apply(tx, delivery, outcome, delivery.number);
  }

  const apply = async (
    tx: Transaction,
    delivery: Locked,
    outcome: Outcome,
    number: number,
  ): Promise<void> => {
    switch (outcome.kind) {
      case 'SENT':
        return end(tx, delivery.id, 'SENT', null);
      case 'GONE':
        return end(tx, delivery.id, 'SKIPPED', 'TARGET_GONE');
      case 'UNCONFIRMED':
        return end(tx, delivery.id, 'UNCONFIRMED', outcome.detail);
      case 'REFUSED':
        return giveUp(tx, delivery, outcome.detail);
      case 'LATER':
        return delivery.attemptsLeft > 0
          ? postpone(tx, delivery.id, retryAt(clock.now(), number, outcome.waitSeconds))
          : giveUp(tx, delivery, outcome.detail);
    }
  };

  const end = async (
    tx: Transaction,
    id: string,
    status: 'SENT' | 'SKIPPED' | 'FAILED' | 'UNCONFIRMED',
    reason: string | null,
  ): Promise<void> => {
    await tx.delivery.update({ where: { id }, data: { status, reason, settledAt: clock.now() } });
  };

  async function skip(tx: Transaction, { id, channel }: Pick<Delivery, 'id' | 'channel'>, reason: string) {
    metrics.settled(channel, 'none', 'SKIPPED');
    await end(tx, id, 'SKIPPED', reason);
  }

  /** Later on the same row. */
  async function postpone(tx: Transaction, id: string, notBefore: Date): Promise<void> {
    await tx.delivery.update({ where: { id }, data: { status: 'PENDING', notBefore } });
    await addJob(tx, deliver, { deliveryId: id }, deliverAt(id, notBefore));
  }

  /** A dead letter. */
  async function giveUp(
    tx: Transaction,
    { id, recipientId, channel }: Locked,
    reason: string,
  ): Promise<void> {
    await end(tx, id, 'FAILED', reason);
    const key = userIds.encode(recipientId);
    const facts = { deliveryId: deliveryIds.encode(id), userId: key, reason };
    const data = { ...facts, channel: channel as 'EMAIL', failedAt: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'delivery.failed', key, data });
  }

  return { settle, skip, postpone };
}

/** Of the attempt. */
interface Tried {
  readonly number: number;
  readonly provider: string;
  /** Whether it decides what becomes of the delivery. */
  readonly isOpen: boolean;
}

type Locked = Pick<Delivery, 'id' | 'recipientId' | 'channel' | 'notBefore' | 'attemptsLeft'>;
