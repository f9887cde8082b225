import { describe, expect, it } from '@jest/globals';
import { privateStoreEnvironment } from '@diaspora/kit/testing';
import { loadPaymentsConfig } from './config.js';

const env = {
  ...privateStoreEnvironment,
  SMTP_URL: 'smtp://127.0.0.1:9',
  PORT: '4005',
  DATABASE_URL: 'postgresql://localhost/payments',
  REDIS_URL: 'redis://localhost',
  VIEWER_SECRET: 'v'.repeat(32),
  SANDBOX_WEBHOOK_SECRET: 's'.repeat(32),
};

describe('the configuration', () => {
  it.each([
    [{}, 'http://127.0.0.1:4005/webhooks/sandbox'],
    [{ HOST: '0.0.0.0' }, 'http://127.0.0.1:4005/webhooks/sandbox'],
    [{ HOST: '::1' }, 'http://[::1]:4005/webhooks/sandbox'],
    [{ SANDBOX_WEBHOOK_URL: 'https://pay.example/webhooks/sandbox' }, 'https://pay.example/webhooks/sandbox'],
  ])('with %p lets the sandbox call %s', (overrides, expected) => {
    expect(loadPaymentsConfig({ ...env, ...overrides }).SANDBOX_WEBHOOK_URL).toBe(expected);
  });

  it.each([
    [{ STRIPE_SECRET_KEY: 'k'.repeat(40) }, /STRIPE_WEBHOOK_SECRET/],
    [{ STRIPE_WEBHOOK_SECRET: 'k'.repeat(40) }, /STRIPE_SECRET_KEY/],
    [{ PAYPAL_CLIENT_ID: 'id' }, /PAYPAL_CLIENT_SECRET[^]*PAYPAL_WEBHOOK_ID/],
  ])('turns no provider on by halves', (overrides, missing) => {
    expect(() => loadPaymentsConfig({ ...env, ...overrides })).toThrow(missing);
  });

  it('names all faults at once and never a value', () => {
    const faulty = () =>
      loadPaymentsConfig({ ...env, SANDBOX_WEBHOOK_SECRET: 'short', SANDBOX_WEBHOOK_URL: 'ftp://x' });
    expect(faulty).toThrow(/SANDBOX_WEBHOOK_SECRET[^]*SANDBOX_WEBHOOK_URL/);
    expect(faulty).not.toThrow(/short|ftp/);
  });
});
