import { Counter, Histogram, type Registry } from 'prom-client';

export type WebhookMetrics = ReturnType<typeof createWebhookMetrics>;

export function createWebhookMetrics(registry: Registry) {
  const attempts = new Counter({
    name: 'webhook_attempts_total',
    help: 'Attempts to tell a partner that ended, by what came of it: taken, refused, unanswered; given_up counts deliveries.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const lag = new Histogram({
    name: 'webhook_lag_seconds',
    help: 'From the time something happened to the time a partner took it.',
    buckets: [0.5, 1, 5, 30, 60, 300, 1_800, 7_200, 86_400],
    registers: [registry],
  });
  return {
    attempted: (outcome: 'taken' | 'refused' | 'unanswered' | 'given_up') => attempts.inc({ outcome }),
    delivered: (milliseconds: number) => lag.observe(Math.max(0, milliseconds) / 1_000),
  };
}
