import type { Dispute, Payment } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { disputeIds } from '../ids.js';
import type { DisputeNews } from '../providers/index.js';
import type { Outcome } from './purpose.js';
import { settledDispute } from './rules.js';
import type { Telling } from './telling.js';

/** What the payer's bank takes back. Providers say when a dispute is open and how it was closed, in any order. */
export function createDisputes({ telling }: { telling: Telling }) {
  async function settle(tx: Transaction, payment: Payment, news: DisputeNews): Promise<Outcome> {
    const known = await find(tx, payment, news);
    if (known && (known.paymentId !== payment.id || known.amountMinor !== news.amountMinor))
      return 'MISMATCH';
    const isContradiction = news.status !== 'OPEN' && known !== null && known.status !== 'OPEN';
    if (isContradiction && known.status !== news.status) return 'MISMATCH';
    if (known && settledDispute(known.status, news.status) === known.status) {
      if (isReversal(known) && !news.isReversal) await rename(tx, known, news);
      return 'NOTHING_NEW';
    }
    const closedAt = news.status === 'OPEN' ? null : news.occurredAt;
    const dispute = known
      ? await tx.dispute.update({ where: { id: known.id }, data: { status: news.status, closedAt } })
      : await note(tx, payment, news, closedAt);
    if (payment.status === 'CAPTURED') await telling.disputed(tx, payment, dispute);
    return 'APPLIED';
  }

  /**
   * One loss is one dispute, under whichever name it is told first: a reversal takes the money of a dispute, and the dispute
   * may be told of later.
   */
  async function find(tx: Transaction, payment: Payment, news: DisputeNews): Promise<Dispute | null> {
    const { id: paymentId, provider } = payment;
    const known = await tx.dispute.findFirst({ where: { provider, providerDisputeId: nameOf(news) } });
    if (known) return known;
    const others = await tx.dispute.findMany({
      where: { paymentId, status: { not: 'WON' } },
      orderBy: { id: 'asc' },
    });
    return others.find((other) => isReversal(other) !== Boolean(news.isReversal)) ?? null;
  }

  const rename = (tx: Transaction, { id }: Dispute, news: DisputeNews) =>
    tx.dispute.update({ where: { id }, data: { providerDisputeId: nameOf(news), reason: news.reason } });

  const note = (tx: Transaction, payment: Payment, news: DisputeNews, closedAt: Date | null) =>
    tx.dispute.create({
      data: {
        id: disputeIds.create(),
        paymentId: payment.id,
        amountMinor: news.amountMinor,
        reason: news.reason,
        status: news.status,
        provider: payment.provider,
        providerDisputeId: nameOf(news),
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

const reversal = 'reversal:';
const isReversal = ({ providerDisputeId }: Dispute): boolean => providerDisputeId.startsWith(reversal);
const nameOf = ({ providerDisputeId, isReversal: is }: DisputeNews): string =>
  is ? `${reversal}${providerDisputeId}` : providerDisputeId;
