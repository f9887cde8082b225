import { Counter, Histogram, type Registry } from 'prom-client';

export type DeliveryMetrics = ReturnType<typeof createDeliveryMetrics>;

export function createDeliveryMetrics(registry: Registry) {
  const settled = new Counter({
    name: 'notification_deliveries_total',
    help: 'Attempts to deliver a notification that ended, and deliveries that were skipped, by what came of it.',
    labelNames: ['channel', 'provider', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'notification_delivery_seconds',
    help: 'From the time a notification was due by a channel to the time it was sent.',
    labelNames: ['channel'],
    buckets: [0.1, 0.5, 1, 5, 30, 60, 300, 1_800, 21_600],
    registers: [registry],
  });
  return {
    settled: (channel: string, provider: string, outcome: string) =>
      settled.inc({ channel, provider, outcome }),
    sentAfter: (channel: string, milliseconds: number) =>
      seconds.observe({ channel }, Math.max(0, milliseconds) / 1_000),
  };
}
