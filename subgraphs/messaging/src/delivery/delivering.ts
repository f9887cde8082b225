import { addJob, type Clock, type Logger } from '@diaspora/kit';
import type { Delivery, NotificationChannel } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import type { ChannelAdapter, HandingOver, Parcel, Sending } from './channels/channel.js';
import type { createContents } from './contents.js';
import { attemptIds } from '../ids.js';
import { deliver, deliverAt } from './jobs.js';
import type { Letters } from './letters.js';
import { attemptMs, type Outcome } from './rules.js';
import type { Settling } from './settling.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly contents: ReturnType<typeof createContents>;
  readonly letters: Letters;
  readonly settling: Settling;
  readonly channels: Readonly<Record<Exclude<NotificationChannel, 'IN_APP'>, ChannelAdapter>>;
}

interface Begun {
  readonly parcel: Parcel;
  readonly sending: Sending;
}

/**
 * Sends what is due, at most once: the attempt is on record, and committed, before anything leaves. What a process that
 * died may have sent is not sent again.
 */
export function createDelivering({ db, clock, contents, letters, settling, channels }: Dependencies) {
  async function run({ deliveryId }: { deliveryId: string }, { log }: { log: Logger }): Promise<void> {
    const begun = await db.$transaction((tx) => begin(tx, deliveryId));
    if (!begun) return;
    const { parcel, sending } = begun;
    const outcome = await sending.send(parcel).catch((error: unknown): Outcome => {
      log.error(
        { err: error, provider: sending.provider },
        'an attempt to deliver ended in an error of ours',
      );
      return { kind: 'UNCONFIRMED', detail: 'INTERNAL' };
    });
    await db.$transaction(async (tx) => {
      if (outcome.kind === 'GONE') await sending.onGone?.(tx);
      await settling.settle(tx, parcel.attemptId, outcome);
    });
  }

  /** Under the row's lock. Null when there is nothing to send now. */
  async function begin(tx: Transaction, id: string): Promise<Begun | null> {
    await tx.$executeRaw`SELECT 1 FROM deliveries WHERE id = ${id}::uuid FOR UPDATE`;
    const delivery = await tx.delivery.findUnique({ where: { id } });
    if (delivery?.status === 'SENDING') return giveUpCutShort(tx, delivery);
    if (delivery?.status !== 'PENDING') return null;
    if (delivery.notBefore > clock.now()) {
      await addJob(tx, deliver, { deliveryId: id }, deliverAt(id, delivery.notBefore));
      return null;
    }
    const found = await contents.contentsOf(tx, delivery);
    if (found.kind === 'DEFER') await settling.postpone(tx, id, found.until);
    if (found.kind === 'SKIP') await settling.skip(tx, delivery, found.reason);
    if (found.kind !== 'SEND') return null;
    const way = await channels[delivery.channel as keyof typeof channels].open(tx, delivery);
    if (!way) {
      await settling.skip(tx, delivery, 'TARGET_GONE');
      return null;
    }
    const letter = await letters.write(tx, delivery.recipientId, found.notifications);
    const attemptId = await record(tx, delivery, way);
    const parcel = { attemptId, delivery, notifications: found.notifications, letter };
    if ('send' in way) return { parcel, sending: way };
    await way.handOver(tx, parcel);
    return null;
  }

  async function record(tx: Transaction, { id }: Delivery, { provider }: Sending | HandingOver) {
    const { attemptCount: number } = await tx.delivery.update({
      where: { id },
      data: { status: 'SENDING', attemptCount: { increment: 1 }, attemptsLeft: { decrement: 1 } },
    });
    const attempt = { id: attemptIds.create(), deliveryId: id, number, provider, startedAt: clock.now() };
    await tx.deliveryAttempt.create({ data: attempt });
    return attempt.id;
  }

  /** Whoever mails answers in any case; of the others, a process that died does not. */
  async function giveUpCutShort(tx: Transaction, { id, channel, attemptCount }: Delivery): Promise<null> {
    if (channel === 'EMAIL') return null;
    const where = { deliveryId_number: { deliveryId: id, number: attemptCount } };
    const { id: attemptId, startedAt } = await tx.deliveryAttempt.findUniqueOrThrow({ where });
    const endsAt = new Date(startedAt.getTime() + attemptMs);
    if (endsAt > clock.now()) await addJob(tx, deliver, { deliveryId: id }, deliverAt(id, endsAt));
    else await settling.settle(tx, attemptId, { kind: 'UNCONFIRMED', detail: 'CUT_SHORT' });
    return null;
  }

  return { run };
}
