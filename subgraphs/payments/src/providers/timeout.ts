import type { PaymentProvider } from './provider.js';

/**
 * Gives a call up after `milliseconds`. The call may still reach the provider: whoever tries again sends the same
 * idempotency key.
 */
export const withTimeout = (provider: PaymentProvider, milliseconds: number): PaymentProvider => ({
  ...provider,
  createPayment: (request) => within(milliseconds, provider.createPayment(request), provider.name),
});

async function within<T>(milliseconds: number, call: Promise<T>, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not answer in ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
}
