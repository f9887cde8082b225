import { describe, expect, it } from '@jest/globals';
import { loadPaymentsConfig } from './config.js';

const env = {
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

  it('names all faults at once and never a value', () => {
    const faulty = () =>
      loadPaymentsConfig({ ...env, SANDBOX_WEBHOOK_SECRET: 'short', SANDBOX_WEBHOOK_URL: 'ftp://x' });
    expect(faulty).toThrow(/SANDBOX_WEBHOOK_SECRET[^]*SANDBOX_WEBHOOK_URL/);
    expect(faulty).not.toThrow(/short|ftp/);
  });
});
