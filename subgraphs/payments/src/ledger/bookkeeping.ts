import type { Payment, Refund } from '../__generated__/prisma/client.js';
import type { MoneyMovement, MovementListener } from '../charges/index.js';
import type { Transaction } from '../database.js';
import { entries, returnedShares, type Bearer, type Shares } from './rules.js';
import type { Ledger } from './service.js';

export type Bookkeeping = ReturnType<typeof createBookkeeping>;

/** Books what happens to money, in the transaction in which it happens. */
export function createBookkeeping({ ledger }: { ledger: Ledger }) {
  const movement: MovementListener = async (tx, { kind, id, payment, amountMinor, currency, at }) => {
    const { provider, orderId } = payment;
    const about = { reference: id, orderId, currency, at, provider, amountMinor };
    await book[kind](tx, payment, about);
  };

  type About = Parameters<typeof entries.orderCaptured>[0];
  type Book = (tx: Transaction, payment: Payment, about: About) => Promise<unknown>;
  const book: Record<MoneyMovement['kind'], Book> = {
    CAPTURED: (tx, payment, about) =>
      ledger.post(tx, payment.orderId ? entries.orderCaptured(about) : entries.subscriptionPaid(about)),
    FEE: (tx, _payment, about) => ledger.post(tx, entries.providerFee(about)),
    REFUNDED: async (tx, payment, about) => {
      await oweRefund(tx, payment, about);
      await ledger.post(tx, entries.refundPaid(about));
    },
    REFUND_FAILED: async (tx, _payment, { reference, at }) => {
      await ledger.reverse(tx, { kind: 'REFUND_PAID', reference }, at);
      await ledger.reverse(tx, { kind: 'REFUND_OWED', reference }, at);
    },
    DISPUTED: async (tx, payment, about) =>
      ledger.post(
        tx,
        entries.disputeHeld({ ...about, bearer: await bearerOf(tx, payment, about.amountMinor) }),
      ),
    DISPUTE_WON: (tx, _payment, { reference, at }) =>
      ledger.reverse(tx, { kind: 'DISPUTE_HELD', reference }, at),
    DISPUTE_LOST: (tx, _payment, about) => ledger.post(tx, entries.disputeLost(about)),
  };

  /** The payment bought the order: its money is the seller's and the platform's now. */
  const sold = (tx: Transaction, { id, orderId, currency }: Payment, shares: Shares, at: Date) =>
    ledger.post(tx, entries.orderSold({ reference: id, orderId, currency, at, shares }));

  /** Money was promised back; where nobody said so before, it is booked when it has gone. */
  async function refundOwed(tx: Transaction, refund: Refund): Promise<void> {
    const { id: reference, paymentId, amountMinor, createdAt: at } = refund;
    const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const { orderId, currency } = payment;
    await oweRefund(tx, payment, { reference, orderId, currency, amountMinor, at });
  }

  async function oweRefund(tx: Transaction, payment: Payment, about: Omit<About, 'provider'>): Promise<void> {
    const { reference } = about;
    if (await isBooked(tx, 'REFUND_OWED', reference)) return;
    const bearer = await bearerOf(tx, payment, about.amountMinor);
    await ledger.post(tx, entries.refundOwed({ ...about, bearer }));
  }

  /** A refund that never went: the promise is taken back. */
  async function refundWithdrawn(tx: Transaction, { id: reference, settledAt }: Refund): Promise<void> {
    if (await isBooked(tx, 'REFUND_OWED', reference))
      await ledger.reverse(tx, { kind: 'REFUND_OWED', reference }, settledAt!);
  }

  const isBooked = async (tx: Transaction, kind: 'REFUND_OWED', reference: string): Promise<boolean> =>
    (await tx.ledgerTransaction.count({ where: { kind, reference } })) > 0;

  /** Whose money it is that leaves: that of an order is the buyer's until it bought something. */
  async function bearerOf(tx: Transaction, payment: Payment, amountMinor: bigint): Promise<Bearer> {
    if (payment.orderId === null) return 'PLATFORM';
    const sale = await tx.ledgerTransaction.findUnique({
      where: { kind_reference: { kind: 'ORDER_SOLD', reference: payment.id } },
      include: { postings: { include: { account: true } } },
    });
    if (!sale) return 'BUYER';
    const sellers = sale.postings.find(({ account }) => account.type === 'ORGANIZER_PAYABLE');
    return returnedShares(
      { sellerId: sellers?.account.ownerId ?? null, ...(await leftOf(tx, payment.orderId)) },
      amountMinor,
    );
  }

  /** What seller and platform still have of an order. */
  async function leftOf(tx: Transaction, orderId: string) {
    const rows = await tx.$queryRaw<{ type: string; left: bigint }[]>`
      SELECT a.type::text, -sum(p.amount_minor)::bigint AS left
      FROM ledger_transactions t
      JOIN ledger_postings p ON p.transaction_id = t.id JOIN ledger_accounts a ON a.id = p.account_id
      WHERE t.order_id = ${orderId}::uuid AND a.type IN ('ORGANIZER_PAYABLE', 'PLATFORM_REVENUE')
      GROUP BY a.type`;
    const of = (type: string) => rows.find((row) => row.type === type)?.left ?? 0n;
    return { sellerMinor: of('ORGANIZER_PAYABLE'), platformMinor: of('PLATFORM_REVENUE') };
  }

  return { movement, sold, refundOwed, refundWithdrawn };
}
