import type { Answer } from '../../testing/local-server.js';
import { fault, unique } from './things.js';

export type Form = Readonly<Record<string, unknown>>;
interface Thing {
  readonly id: string;
  [field: string]: unknown;
}

/** What Stripe's test methods do (https://docs.stripe.com/testing). */
const methods: Readonly<Record<string, 'pays' | 'declined' | 'asks' | 'disputed'>> = {
  pm_card_visa: 'pays',
  pm_card_applePay: 'pays',
  pm_card_chargeDeclined: 'declined',
  pm_card_authenticationRequired: 'asks',
  pm_card_createDispute: 'disputed',
};

/** Stripe's books: intents, refunds, disputes, setups, and the events that tell of them. */
export function createStripeBooks({ now }: { now: () => Date }) {
  const things = new Map<string, Thing>();
  const told: Thing[] = [];
  /** Methods whose owners agreed to be charged when they are away. */
  const agreed = new Set<unknown>();
  const accountCurrency = 'eur';
  let isBooked = true;
  const created = () => Math.floor(now().getTime() / 1_000);

  const keep = (thing: Thing): Thing => {
    things.set(thing.id, thing);
    return thing;
  };
  const tell = (type: string, object: object) =>
    void told.push({
      id: unique('evt'),
      object: 'event',
      api_version: '2025-09-30.clover',
      created: created(),
      type,
      data: { object },
      livemode: false,
    });
  const ok = (body: unknown): Answer => ({ status: 200, body });
  const missing = (id: unknown) =>
    fault(400, 'invalid_request_error', `No such object: '${String(id)}'`, { code: 'resource_missing' });

  function pay(form: Form): Answer {
    const behaviour = methods[String(form['payment_method'])];
    if (!behaviour) return missing(form['payment_method']);
    const amount = Number(form['amount']);
    const intent = keep({
      id: unique('pi'),
      object: 'payment_intent',
      amount,
      currency: form['currency'],
      customer: form['customer'] ?? null,
      metadata: form['metadata'] ?? {},
      last_payment_error: null,
      client_secret: unique('secret'),
      status: 'processing',
      created: created(),
    });
    tell('payment_intent.created', { ...intent, status: 'requires_payment_method' });
    if (behaviour === 'declined') return decline(intent, 'card_declined');
    const isAway = form['off_session'] === 'true';
    const asks = behaviour === 'asks' && !(isAway && agreed.has(form['payment_method']));
    if (asks && isAway) return decline(intent, 'authentication_required');
    intent['status'] = asks ? 'requires_action' : 'succeeded';
    tell(asks ? 'payment_intent.requires_action' : 'payment_intent.succeeded', { ...intent });
    if (behaviour === 'disputed') dispute(intent);
    return ok({ ...intent });
  }

  /** What Stripe booked of a payment comes with it on request; in which currency the account is kept, it says as well. */
  function intentOf(id: string, form: Form): Answer {
    const intent = things.get(id);
    if (!intent) return missing(id);
    const isWhole = String(form['expand']).includes('latest_charge.balance_transaction');
    const fee = Math.round(Number(intent['amount']) * 0.015) + 25;
    const booked = { id: `txn_${id}`, object: 'balance_transaction', fee, currency: accountCurrency };
    const charge = { id: `ch_${id}`, object: 'charge', balance_transaction: isBooked ? booked : null };
    return ok({ ...intent, latest_charge: isWhole ? charge : charge.id });
  }

  function cancel(id: string): Answer {
    const intent = things.get(id);
    if (!intent) return missing(id);
    if (intent['status'] === 'succeeded' || intent['status'] === 'canceled')
      return fault(400, 'invalid_request_error', 'You cannot cancel this PaymentIntent', {
        code: 'payment_intent_unexpected_state',
        payment_intent: { ...intent },
      });
    intent['status'] = 'canceled';
    tell('payment_intent.canceled', { ...intent });
    return ok({ ...intent });
  }

  function decline(intent: Thing, code: string): Answer {
    intent['status'] = 'requires_payment_method';
    intent['last_payment_error'] = { type: 'card_error', code, message: 'Your card was declined.' };
    tell('payment_intent.payment_failed', { ...intent });
    return fault(402, 'card_error', 'Your card was declined.', { code, payment_intent: { ...intent } });
  }

  function dispute(intent: Thing): void {
    const { id, amount, currency } = intent;
    const open = {
      object: 'dispute',
      payment_intent: id,
      amount,
      currency,
      reason: 'fraudulent',
      created: created(),
    };
    tell('charge.dispute.created', { ...keep({ id: unique('du'), ...open }), status: 'needs_response' });
  }

  /** The payer's bank decides all open disputes for the payer. */
  function lose(): void {
    for (const each of things.values())
      if (each['object'] === 'dispute') tell('charge.dispute.closed', { ...each, status: 'lost' });
  }

  function refund(form: Form): Answer {
    const intent = things.get(String(form['payment_intent']));
    if (!intent) return missing(form['payment_intent']);
    const gone = [...things.values()]
      .filter((each) => each['object'] === 'refund' && each['payment_intent'] === intent.id)
      .reduce((sum, each) => sum + Number(each['amount']), 0);
    const amount = Number(form['amount']);
    if (intent['status'] !== 'succeeded' || amount > Number(intent['amount']) - gone)
      return fault(400, 'invalid_request_error', 'Refund amount is greater than unrefunded amount on charge');
    const { metadata = {} } = form;
    const about = {
      payment_intent: intent.id,
      amount,
      currency: intent['currency'],
      metadata,
      status: 'succeeded',
    };
    const made = keep({ id: unique('re'), object: 'refund', created: created(), ...about });
    tell('refund.created', made);
    return ok(made);
  }

  function setUp(form: Form): Answer {
    const behaviour = methods[String(form['payment_method'])];
    if (!behaviour) return missing(form['payment_method']);
    if (behaviour === 'declined')
      return fault(402, 'card_error', 'Your card was declined.', { code: 'card_declined' });
    const { customer = null, metadata = {}, payment_method: method } = form;
    const status = behaviour === 'asks' ? 'requires_action' : 'succeeded';
    const about = { customer, metadata, payment_method: method, status, client_secret: unique('secret') };
    return ok({ ...keep({ id: unique('seti'), object: 'setup_intent', created: created(), ...about }) });
  }

  const setupOf = (id: string): Answer => (things.has(id) ? ok(things.get(id)) : missing(id));

  /** The person does what their bank asked. */
  function agree(id: string): void {
    const setup = things.get(id)!;
    setup['status'] = 'succeeded';
    agreed.add(setup['payment_method']);
    tell('setup_intent.succeeded', { ...setup });
  }

  const methodOf = (id: string): Answer => {
    if (!(id in methods)) return missing(id);
    const wallet = id === 'pm_card_applePay' ? { type: 'apple_pay' } : null;
    const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034, wallet };
    return ok({ id, object: 'payment_method', type: 'card', card });
  };

  /** Newest first, in pages, as Stripe lists. */
  function events(form: Form): Answer {
    const { gte = '0' } = (form['created'] ?? {}) as { gte?: string };
    const types = (form['types'] ?? told.map(({ type }) => type)) as unknown[];
    const since = told.filter((each) => Number(each['created']) >= Number(gte)).reverse();
    const all = since.filter(({ type }) => types.includes(type));
    const after = all.findIndex(({ id }) => id === form['starting_after']) + 1;
    const limit = Math.min(Number(form['limit'] ?? 10), 3);
    const data = all.slice(after, after + limit);
    return ok({ object: 'list', url: '/v1/events', has_more: after + limit < all.length, data });
  }

  return {
    /** Whether Stripe has booked what it took already: it may be later than its event. */
    book: (is: boolean) => void (isBooked = is),
    ...{ intentOf, told, pay, cancel, refund, setUp, setupOf, agree, lose, methodOf, events },
  };
}
