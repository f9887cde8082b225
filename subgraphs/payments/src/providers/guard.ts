import type { Logger } from '@diaspora/kit';
import {
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
  isTaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { PaymentRefused, ProviderUnavailable, WebhookRefused, type PaymentProvider } from './provider.js';

export interface GuardOptions {
  readonly log: Logger;
  /** How long one call may take. It may still reach the provider: whoever tries again sends the same key. */
  readonly timeoutMs?: number;
  /** After so many failures in a row nothing is asked any more, */
  readonly failures?: number;
  /** until so much later one call tries again. */
  readonly pauseMs?: number;
}

const isAnswer = (error: unknown): boolean =>
  error instanceof PaymentRefused || error instanceof WebhookRefused;

type Ask = <Answer>(call: () => Promise<Answer>) => Promise<Answer>;

/** Calls under a time limit and a circuit breaker of their own. */
function patiently(name: string, options: GuardOptions): Ask {
  const { log, timeoutMs = 10_000, failures = 5, pauseMs = 15_000 } = options;
  const breaker = circuitBreaker(
    handleWhen((error) => !isAnswer(error)),
    { halfOpenAfter: pauseMs, breaker: new ConsecutiveBreaker(failures) },
  );
  breaker.onBreak(() => log.error({ provider: name }, 'the provider fails: it is left alone for a while'));
  breaker.onReset(() => log.info({ provider: name }, 'the provider answers again'));
  const policy = wrap(breaker, timeout(timeoutMs, TimeoutStrategy.Aggressive));

  return async (call) => {
    try {
      return await policy.execute(call);
    } catch (error) {
      if (isAnswer(error)) throw error;
      if (isBrokenCircuitError(error) || isTaskCancelledError(error))
        throw new ProviderUnavailable(name, error);
      log.warn({ provider: name, err: error }, 'the provider failed');
      throw new ProviderUnavailable(name, error);
    }
  };
}

/**
 * A time limit and a circuit breaker around everything that is asked of a provider: one that is down costs a
 * request no time, and jobs try again later. A refusal is an answer and breaks nothing. What anybody can have us ask, by
 * posting to a webhook, has a breaker apart: it stops no charges, and a provider that is down no webhooks.
 */
export function guarded(provider: PaymentProvider, options: GuardOptions): PaymentProvider {
  const ask = patiently(provider.name, options);
  const verify = patiently(`${provider.name}: webhooks`, options);

  async function* fetchEvents(since: Date) {
    const events = provider.fetchEvents(since)[Symbol.asyncIterator]();
    for (;;) {
      const next = await ask(() => events.next());
      if (next.done) return;
      yield next.value;
    }
  }

  return {
    ...provider,
    createPayment: (request) => ask(() => provider.createPayment(request)),
    cancelPayment: (request) => ask(() => provider.cancelPayment(request)),
    createRefund: (request) => ask(() => provider.createRefund(request)),
    saveMethod: (request) => ask(() => provider.saveMethod(request)),
    completeMethod: (request) => ask(() => provider.completeMethod(request)),
    forgetMethod: (token) => ask(() => provider.forgetMethod(token)),
    verifyWebhook: (rawBody, headers) => verify(() => provider.verifyWebhook(rawBody, headers)),
    ...(provider.createCustomer && {
      createCustomer: (request) => ask(() => provider.createCustomer!(request)),
    }),
    ...(provider.forgetCustomer && { forgetCustomer: (id) => ask(() => provider.forgetCustomer!(id)) }),
    ...(provider.capturePayment && {
      capturePayment: (request) => ask(() => provider.capturePayment!(request)),
    }),
    ...(provider.readFee && { readFee: (request) => ask(() => provider.readFee!(request)) }),
    fetchEvents,
  };
}
