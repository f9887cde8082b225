import { AppError } from '@diaspora/kit';
import { z } from 'zod';
import { PaymentRefused, type MethodRequest, type PaymentMethod, type SavedMethod } from '../provider.js';
import type { PaypalClient } from './client.js';

const setupToken = z.object({
  id: z.string(),
  status: z.string().optional(),
  links: z.array(z.object({ href: z.string(), rel: z.string() })).default([]),
});

const page = z.url({ protocol: /^https?$/ }).max(1_000);

/** A token that only says where PayPal sends the payer back to. */
export function tokenOfPages(given: NonNullable<PaymentMethod['paypal']>): string {
  for (const [name, url] of Object.entries(given)) {
    if (!page.safeParse(url).success)
      throw new AppError('INVALID_INPUT', 'This is not the address of a page.', {
        path: ['paymentMethod', 'paypal', name],
      });
  }
  return `pages:${JSON.stringify({ return_url: given.returnUrl, cancel_url: given.cancelUrl })}`;
}

export function pagesOf(token: string): { return_url: string; cancel_url: string } {
  if (!token.startsWith('pages:')) throw new PaymentRefused('no such payment method');
  return JSON.parse(token.slice('pages:'.length)) as { return_url: string; cancel_url: string };
}

export const vaultIdOf = (token: string): string | undefined =>
  token.startsWith('vault:') ? token.slice('vault:'.length) : undefined;

/** Methods that are charged when the payer is not here: PayPal asks the payer once, and we keep a token. */
export function createPaypalVault(client: PaypalClient) {
  async function saveMethod({ token, idempotencyKey }: MethodRequest): Promise<SavedMethod> {
    const setup = await client.call(setupToken, {
      method: 'POST',
      path: '/v3/vault/setup-tokens',
      requestId: idempotencyKey,
      body: JSON.stringify({
        payment_source: {
          paypal: {
            usage_type: 'MERCHANT',
            experience_context: { ...pagesOf(token), shipping_preference: 'NO_SHIPPING' },
          },
        },
      }),
    });
    return waiting(setup);
  }

  function waiting({ id, status, links }: z.output<typeof setupToken>): SavedMethod {
    const url = links.find(({ rel }) => rel === 'approve')?.href;
    if (status !== 'PAYER_ACTION_REQUIRED' || url === undefined)
      return { status: 'FAILED', failure: 'refused_by_provider' };
    return { status: 'ACTION_REQUIRED', setupId: id, nextAction: { kind: 'REDIRECT', url } };
  }

  async function completeMethod(request: { setupId: string; idempotencyKey: string }): Promise<SavedMethod> {
    const { setupId, idempotencyKey } = request;
    const path = `/v3/vault/setup-tokens/${encodeURIComponent(setupId)}`;
    const setup = await client.call(setupToken, { method: 'GET', path });
    if (setup.status !== 'APPROVED' && setup.status !== 'VAULTED') return waiting(setup);
    const { id } = await client.call(z.object({ id: z.string() }), {
      method: 'POST',
      path: '/v3/vault/payment-tokens',
      requestId: `${idempotencyKey}-token`,
      body: JSON.stringify({ payment_source: { token: { id: setupId, type: 'SETUP_TOKEN' } } }),
    });
    const details = {
      kind: 'PAYPAL',
      brand: 'paypal',
      last4: null,
      expiryMonth: null,
      expiryYear: null,
      wallet: null,
    } as const;
    return { status: 'ACTIVE', token: `vault:${id}`, details };
  }

  async function forgetMethod(token: string): Promise<void> {
    const id = vaultIdOf(token);
    if (!id) return;
    const path = `/v3/vault/payment-tokens/${encodeURIComponent(id)}`;
    await client.call(z.unknown(), { method: 'DELETE', path }).catch((error: unknown) => {
      if (!(error instanceof PaymentRefused)) throw error;
    });
  }

  return { saveMethod, completeMethod, forgetMethod };
}
