import { dayMs, type Clock, type Logger } from '@diaspora/kit';
import type { Payment } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import type { Refunds } from './refunds.js';

/** How long after a refund failed another one is tried. */
const againAfterMs = dayMs;

/** Money that bought nothing goes back, and is tried again for as long as it does not. */
export function createOwedBack({ db, clock, log, refunds }: Dependencies) {
  async function begin(tx: Transaction, payment: Payment, at: Date): Promise<void> {
    await tx.payment.update({ where: { id: payment.id }, data: { owedBackAt: at } });
    await sendBack(tx, payment.id);
  }

  async function sendBack(tx: Transaction, paymentId: string): Promise<void> {
    const amountMinor = await refunds.refundable(tx, paymentId);
    if (amountMinor > 0n) await refunds.request(tx, { paymentId, amountMinor, reason: 'OWED_BACK' });
  }

  /** Those of which something is left here and no refund is on its way or failed of late. */
  async function requestAgain(take: number): Promise<void> {
    const since = new Date(clock.now().getTime() - againAfterMs);
    const owed = await db.$queryRaw<{ id: string }[]>`
      SELECT p.id FROM payments p
      WHERE p.owed_back_at IS NOT NULL
        AND NOT EXISTS (
          SELECT 1 FROM refunds r WHERE r.payment_id = p.id
            AND (r.status = 'REQUESTED' OR (r.status = 'FAILED' AND r.settled_at > ${since})))
        AND p.amount_minor
          - coalesce((SELECT sum(r.amount_minor) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'FAILED'), 0)
          - coalesce((SELECT sum(d.amount_minor) FROM disputes d WHERE d.payment_id = p.id AND d.status <> 'WON'), 0) > 0
      ORDER BY p.owed_back_at LIMIT ${take}`;
    for (const { id } of owed) {
      log.warn({ paymentId: id }, 'money that is owed back is sent once more');
      await db.$transaction((tx) => refunds.locked(tx, id, () => sendBack(tx, id)));
    }
  }

  return { begin, requestAgain };
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly refunds: Pick<Refunds, 'refundable' | 'request' | 'locked'>;
}
