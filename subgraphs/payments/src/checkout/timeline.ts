import type { Viewer } from '@diaspora/kit';
import type { PurchaseStep } from '../__generated__/schema.js';
import type { Db } from '../database.js';
import { paymentIds } from '../ids.js';
import type { AccountType } from '../ledger/index.js';
import { isSuperUser, visibleOrders } from './loaders.js';

export type Timeline = ReturnType<typeof createTimeline>;

export interface TimelineEntry {
  readonly at: Date;
  readonly step: PurchaseStep;
  readonly amountMinor: bigint | null;
  readonly currency: string;
  readonly reason: string | null;
  readonly postings: readonly {
    readonly amountMinor: bigint;
    readonly account: { readonly type: AccountType; readonly currency: string };
  }[];
}

type Fact = Pick<TimelineEntry, 'at' | 'step'> & Partial<TimelineEntry>;

/** More than any purchase has: what is beyond is left out. */
const mostOfEach = 200;

/** What happened to one order, put together from what was written down when it happened. */
export function createTimeline({ db }: { db: Db }) {
  async function of(viewer: Viewer | null, orderId: string): Promise<TimelineEntry[] | null> {
    const visible = visibleOrders(viewer);
    const order = visible && (await db.order.findFirst({ where: { AND: [{ id: orderId }, visible] } }));
    if (!order) return null;
    const { currency, totalMinor, createdAt, cancelledAt } = order;
    const facts: Fact[] = [
      { at: createdAt, step: 'ORDER_REQUESTED', amountMinor: totalMinor },
      ...(await cancellation(orderId)),
      ...when(cancelledAt, 'ORDER_CANCELLED', {}),
      ...(await payments(orderId, viewer)),
      ...(await refunds(orderId)),
      ...(isSuperUser(viewer) ? await behindIt(orderId) : []),
    ];
    return facts
      .map((fact) => ({ amountMinor: null, currency, reason: null, postings: [], ...fact }))
      .sort((left, right) => left.at.getTime() - right.at.getTime());
  }

  const when = (at: Date | null, step: PurchaseStep, about: Partial<TimelineEntry>): Fact[] =>
    at ? [{ at, step, ...about }] : [];

  async function cancellation(orderId: string): Promise<Fact[]> {
    const wish = await db.orderCancellation.findUnique({ where: { orderId } });
    return wish ? when(wish.requestedAt, 'CANCELLATION_REQUESTED', { reason: wish.reason }) : [];
  }

  /** Why a payment failed is told to the person alone, as with the order. */
  async function payments(orderId: string, viewer: Viewer | null): Promise<Fact[]> {
    const isInPerson = viewer?.impersonatorId === undefined;
    const rows = await db.payment.findMany({
      where: { orderId },
      include: { disputes: true },
      orderBy: { id: 'asc' },
      take: mostOfEach,
    });
    return rows.flatMap(({ amountMinor, createdAt, settledAt, status, failure, disputes }) => [
      ...when(createdAt, 'PAYMENT_REQUESTED', { amountMinor }),
      ...when(settledAt, status === 'CAPTURED' ? 'PAYMENT_CAPTURED' : 'PAYMENT_FAILED', {
        amountMinor,
        reason: isInPerson ? failure : null,
      }),
      ...disputes.flatMap((dispute) => [
        ...when(dispute.openedAt, 'DISPUTE_OPENED', {
          amountMinor: dispute.amountMinor,
          reason: dispute.reason,
        }),
        ...when(dispute.closedAt, dispute.status === 'WON' ? 'DISPUTE_WON' : 'DISPUTE_LOST', {
          amountMinor: dispute.amountMinor,
        }),
      ]),
    ]);
  }

  /** Those that were wished, and what of late money went back by itself. */
  async function refunds(orderId: string): Promise<Fact[]> {
    const take = mostOfEach;
    const wished = await db.orderRefund.findMany({ where: { orderId }, orderBy: { id: 'asc' }, take });
    const known = new Set(wished.map(({ chargeId }) => chargeId));
    const made = await db.refund.findMany({
      where: { payment: { orderId } },
      orderBy: { id: 'asc' },
      take,
    });
    const own = made
      .filter(({ id }) => !known.has(id))
      .map(({ createdAt, ...rest }) => ({ ...rest, requestedAt: createdAt }));
    return [...wished, ...own].flatMap(({ amountMinor, reason, requestedAt, settledAt, status, failure }) => [
      ...when(requestedAt, 'REFUND_REQUESTED', { amountMinor, reason }),
      ...when(settledAt, status === 'SUCCEEDED' ? 'REFUND_SUCCEEDED' : 'REFUND_FAILED', {
        amountMinor,
        reason: failure,
      }),
    ]);
  }

  async function behindIt(orderId: string): Promise<Fact[]> {
    const known = await db.payment.findMany({
      where: { orderId },
      select: { id: true, providerPaymentId: true },
      take: mostOfEach,
    });
    const subjects = known.flatMap(({ id, providerPaymentId }) => [
      paymentIds.encode(id),
      ...(providerPaymentId ? [providerPaymentId] : []),
    ]);
    const told = await db.$queryRaw<{ at: Date; type: string; outcome: string | null }[]>`
      SELECT received_at AS at, type, outcome FROM provider_events WHERE subjects && ${subjects}::text[]
      ORDER BY received_at LIMIT ${mostOfEach}`;
    const booked = await db.ledgerTransaction.findMany({
      where: { orderId },
      include: { postings: { include: { account: true } } },
      orderBy: { id: 'asc' },
      take: mostOfEach,
    });
    return [
      ...told.map(({ at, type, outcome }) => ({
        at,
        step: 'PROVIDER_EVENT' as const,
        reason: `${type}: ${outcome ?? 'waiting'}`,
      })),
      ...booked.map(({ recordedAt, kind, postings }) => ({
        at: recordedAt,
        step: 'BOOKED' as const,
        reason: kind,
        postings,
      })),
    ];
  }

  return { of };
}
