import qs from 'qs';
import { amend, createRequestCheck, readDescription } from '../../testing/description.js';
import { createKeyring, startLocalServer, type Answer, type Exchange } from '../../testing/local-server.js';
import { createStripeBooks, type Form } from './books.js';
import { fault, unique } from './things.js';

export const stripeKey = 'sk_test_for_tests_only_0123456789abcdef';

export type StripeServer = Awaited<ReturnType<typeof startStripeServer>>;

/** Stripe as far as we use it. Every request is held against Stripe's published API description. */
export async function startStripeServer({ now }: { now: () => Date }) {
  const check = createRequestCheck(currentDescription());
  const once = createKeyring();
  const violations: string[] = [];
  const requests: string[] = [];
  const books = createStripeBooks({ now });

  function handle(exchange: Exchange): Answer {
    const { method, path, headers, body } = exchange;
    requests.push(`${method} ${path}`);
    if (headers.authorization !== `Bearer ${stripeKey}`)
      return fault(401, 'invalid_request_error', 'Invalid API Key provided');
    const faults = check(exchange);
    if (faults.length > 0) {
      violations.push(...faults.map((each) => `${method} ${path}: ${each}`));
      return fault(400, 'invalid_request_error', faults.join('; '));
    }
    const form = qs.parse(method === 'GET' ? exchange.query.slice(1) : body, { depth: 10 }) as Form;
    const key = headers['idempotency-key'] as string | undefined;
    const conflict = fault(
      400,
      'idempotency_error',
      'Keys for idempotent requests can only be used with the same parameters',
    );
    return method === 'POST'
      ? once(key, `${path} ${body}`, () => route(exchange, form), conflict)
      : route(exchange, form);
  }

  function route({ method, path }: Exchange, form: Form): Answer {
    const [, , kind = '', id = '', action] = path.split('/');
    switch (`${method} ${kind}${id ? '/id' : ''}${action ? `/${action}` : ''}`) {
      case 'POST customers':
        return { status: 200, body: { id: unique('cus'), object: 'customer', metadata: form['metadata'] } };
      case 'DELETE customers/id':
        return { status: 200, body: { id, object: 'customer', deleted: true } };
      case 'POST payment_intents':
        return books.pay(form);
      case 'POST payment_intents/id/cancel':
        return books.cancel(id);
      case 'GET payment_intents/id':
        return books.intentOf(id, form);
      case 'POST refunds':
        return books.refund(form);
      case 'POST setup_intents':
        return books.setUp(form);
      case 'GET setup_intents/id':
        return books.setupOf(id);
      case 'GET payment_methods/id':
        return books.methodOf(id);
      case 'POST payment_methods/id/detach':
        return books.methodOf(id);
      case 'GET events':
        return books.events(form);
      default:
        return fault(404, 'invalid_request_error', `Unrecognized request URL (${method}: ${path})`);
    }
  }

  const server = await startLocalServer(handle);
  const { told, agree, lose, book } = books;
  return { ...server, violations, requests, told, agree, lose, book };
}

/** The description that can be had is older than the API of the library, whose types have these fields too. */
function currentDescription() {
  const description = readDescription(new URL('requests.json', import.meta.url));
  const form = ['requestBody', 'content', 'application/x-www-form-urlencoded', 'schema', 'properties'];
  const enabled = { type: 'boolean' };
  const allow_redirects = { type: 'string', enum: ['always', 'never'] };
  const automatic_payment_methods = { type: 'object', properties: { enabled, allow_redirects } };
  for (const path of ['/v1/payment_intents', '/v1/setup_intents'])
    amend(description, ['paths', path, 'post', ...form], { automatic_payment_methods });
  return description;
}
