import { randomUUID } from 'node:crypto';
import type { Answer } from '../../testing/local-server.js';

interface Money {
  readonly currency_code: string;
  readonly value: string;
}
interface OrderRequest {
  readonly purchase_units: readonly { readonly custom_id: string; readonly amount: Money }[];
  readonly payment_source: { readonly paypal: { readonly vault_id?: string } };
}
interface Order {
  readonly id: string;
  readonly unit: OrderRequest['purchase_units'][number];
  readonly vaultId: string | undefined;
  status: string;
  captureId?: string;
}

const unique = (): string => randomUUID().replaceAll('-', '').slice(0, 17).toUpperCase();

export const fault = (status: number, issue: string): Answer => ({
  status,
  body: { name: 'UNPROCESSABLE_ENTITY', message: issue, details: [{ issue }], links: [] },
});

/** PayPal's books: orders, captures, refunds, disputes, the vault, and the events that tell of them. */
export function createPaypalBooks({ now }: { now: () => Date }) {
  const orders = new Map<string, Order>();
  const refunds = new Map<string, number>();
  const setups = new Map<string, string>();
  const told: { id: string; [field: string]: unknown }[] = [];

  const tell = (type: string, resource: object) =>
    void told.push({
      id: `WH-${unique()}`,
      event_version: '1.0',
      create_time: now().toISOString(),
      resource_type: 'event',
      event_type: type,
      summary: type,
      resource,
      links: [],
    });
  const ok = (body: unknown, status = 200): Answer => ({ status, body });

  function order({ purchase_units: [unit], payment_source: { paypal } }: OrderRequest): Answer {
    const vaultId = paypal.vault_id;
    if (vaultId !== undefined && !['good', 'declined', 'disputed'].includes(vaultId))
      return fault(422, 'TOKEN_ID_NOT_FOUND');
    if (vaultId === 'declined') return fault(422, 'INSTRUMENT_DECLINED');
    const made: Order = { id: unique(), unit: unit!, vaultId, status: 'PAYER_ACTION_REQUIRED' };
    orders.set(made.id, made);
    if (vaultId) fetchMoney(made);
    return ok(shown(made), vaultId ? 201 : 200);
  }

  const shown = ({ id, status, unit, captureId }: Order) => ({
    id,
    status,
    purchase_units: [{ ...unit, ...(captureId && { payments: { captures: [{ id: captureId }] } }) }],
    links: [{ rel: 'payer-action', href: `https://www.paypal.com/checkoutnow?token=${id}` }],
  });

  function fetchMoney(made: Order): void {
    made.status = 'COMPLETED';
    made.captureId = unique();
    const { id: orderId, captureId: id, unit } = made;
    const { custom_id: custom, amount } = unit;
    tell('PAYMENT.CAPTURE.COMPLETED', {
      id,
      status: 'COMPLETED',
      custom_id: custom,
      amount,
      seller_receivable_breakdown: { paypal_fee: { ...amount, value: '0.50' } },
      supplementary_data: { related_ids: { order_id: orderId } },
    });
    if (made.vaultId === 'disputed') tell('CUSTOMER.DISPUTE.CREATED', disputeOf(made, { status: 'OPEN' }));
  }

  const disputeOf = ({ captureId, unit }: Order, state: object) => ({
    dispute_id: `PP-D-${captureId}`,
    create_time: now().toISOString(),
    reason: 'UNAUTHORISED',
    dispute_amount: unit.amount,
    disputed_transactions: [{ seller_transaction_id: captureId, custom: unit.custom_id }],
    ...state,
  });

  /** PayPal decides all open disputes for the payer. */
  function lose(): void {
    const outcome = { status: 'RESOLVED', dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR' } };
    for (const each of orders.values())
      if (each.vaultId === 'disputed') tell('CUSTOMER.DISPUTE.RESOLVED', disputeOf(each, outcome));
  }

  /** The payer agrees to the order. */
  function approve(id: string): void {
    const made = orders.get(id)!;
    made.status = 'APPROVED';
    tell('CHECKOUT.ORDER.APPROVED', shown(made));
  }

  function orderOf(id: string): Answer {
    const made = orders.get(id);
    return made ? ok(shown(made)) : fault(404, 'INVALID_RESOURCE_ID');
  }

  function capture(id: string): Answer {
    const made = orders.get(id);
    if (!made) return fault(404, 'INVALID_RESOURCE_ID');
    if (made.status === 'COMPLETED') return fault(422, 'ORDER_ALREADY_CAPTURED');
    if (made.status !== 'APPROVED') return fault(422, 'ORDER_NOT_APPROVED');
    fetchMoney(made);
    return ok(shown(made), 201);
  }

  function refund(
    captureId: string,
    { amount, custom_id: custom }: { amount: Money; custom_id: string },
  ): Answer {
    const made = [...orders.values()].find((each) => each.captureId === captureId);
    if (!made) return fault(404, 'INVALID_RESOURCE_ID');
    const gone = (refunds.get(captureId) ?? 0) + Number(amount.value);
    if (gone > Number(made.unit.amount.value) + 1e-6) return fault(422, 'REFUND_AMOUNT_EXCEEDED');
    refunds.set(captureId, gone);
    const id = unique();
    tell('PAYMENT.CAPTURE.REFUNDED', { id, status: 'COMPLETED', amount, custom_id: custom });
    return ok({ id, status: 'COMPLETED' }, 201);
  }

  function setUp(): Answer {
    const id = unique();
    setups.set(id, 'PAYER_ACTION_REQUIRED');
    return setupOf(id);
  }

  function setupOf(id: string): Answer {
    const status = setups.get(id);
    if (!status) return fault(404, 'RESOURCE_NOT_FOUND');
    return ok({
      id,
      status,
      links: [{ rel: 'approve', href: `https://www.paypal.com/agreements/approve?token=${id}` }],
    });
  }

  /** The person agrees that we keep their account. */
  const agree = (id: string): void => void setups.set(id, 'APPROVED');

  function keep({ payment_source: source }: { payment_source: { token: { id: string } } }): Answer {
    if (setups.get(source.token.id) !== 'APPROVED') return fault(422, 'TOKEN_NOT_APPROVED');
    setups.set(source.token.id, 'VAULTED');
    return ok({ id: 'good' }, 201);
  }

  /** In pages of three, whatever is asked for: the link says where it goes on. */
  function events(query: Record<string, unknown>): Answer {
    const since = new Date(String(query['start_time'])).getTime();
    const all = told.filter((each) => new Date(String(each['create_time'])).getTime() >= since);
    const start = 3 * pagesBefore(query);
    const next = {
      rel: 'next',
      href: `https://api.paypal.com/v1/notifications/webhooks-events?page_size=3&start_time=${String(query['start_time'])}&transaction_id=page${start / 3 + 1}`,
    };
    return ok({ events: all.slice(start, start + 3), links: start + 3 < all.length ? [next] : [] });
  }
  const pagesBefore = ({ transaction_id: page = 'page0' }: Record<string, unknown>): number =>
    Number(String(page).slice('page'.length));

  return { told, order, orderOf, capture, refund, setUp, setupOf, keep, events, approve, agree, lose };
}
