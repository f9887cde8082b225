import type { Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { disputeIds } from '../ids.js';
import type { DisputeNews } from '../providers/index.js';
import type { Outcome } from './purpose.js';
import { settledDispute } from './rules.js';
import type { Telling } from './telling.js';

/** What the payer's bank takes back. Providers say when a dispute is open and how it was closed, in any order. */
export function createDisputes({ telling }: { telling: Telling }) {
  async function settle(tx: Transaction, payment: Payment, news: DisputeNews): Promise<Outcome> {
    const { provider } = payment;
    const { providerDisputeId } = news;
    const known = await tx.dispute.findFirst({ where: { provider, providerDisputeId } });
    if (known && (known.paymentId !== payment.id || known.amountMinor !== news.amountMinor))
      return 'MISMATCH';
    const isContradiction = news.status !== 'OPEN' && known !== null && known.status !== 'OPEN';
    if (isContradiction && known.status !== news.status) return 'MISMATCH';
    if (known && settledDispute(known.status, news.status) === known.status) return 'NOTHING_NEW';
    const closedAt = news.status === 'OPEN' ? null : news.occurredAt;
    const dispute = known
      ? await tx.dispute.update({ where: { id: known.id }, data: { status: news.status, closedAt } })
      : await note(tx, payment, news, closedAt);
    if (payment.status === 'CAPTURED') await telling.disputed(tx, payment, dispute);
    return 'APPLIED';
  }

  const note = (tx: Transaction, payment: Payment, news: DisputeNews, closedAt: Date | null) =>
    tx.dispute.create({
      data: {
        id: disputeIds.create(),
        paymentId: payment.id,
        amountMinor: news.amountMinor,
        reason: news.reason,
        status: news.status,
        provider: payment.provider,
        providerDisputeId: news.providerDisputeId,
        openedAt: news.openedAt,
        closedAt,
      },
    });

  async function tellAll(tx: Transaction, payment: Payment): Promise<void> {
    const disputes = await tx.dispute.findMany({ where: { paymentId: payment.id }, orderBy: { id: 'asc' } });
    for (const dispute of disputes) await telling.disputed(tx, payment, dispute);
  }

  return { settle, tellAll };
}
