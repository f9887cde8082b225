import { Counter, Gauge, type Registry } from 'prom-client';

/** Metrics are made once per registry: a relay that is started again finds those of the first. */
function metric<T extends Counter | Gauge>(
  registry: Registry | undefined,
  name: string,
  create: (registers: Registry[]) => T,
): T {
  const existing = registry?.getSingleMetric(name) as T | undefined;
  return existing ?? create(registry ? [registry] : []);
}

export interface RelayMetrics {
  unpublished: Gauge;
  oldestSeconds: Gauge;
  published: Counter;
  republished: Counter;
  deadLetters: Gauge;
}

export const relayMetrics = (registry: Registry | undefined): RelayMetrics => ({
  unpublished: metric(
    registry,
    'outbox_unpublished',
    (registers) =>
      new Gauge({
        name: 'outbox_unpublished',
        help: 'Messages not yet handed to the broker',
        labelNames: ['source'],
        registers,
      }),
  ),
  oldestSeconds: metric(
    registry,
    'outbox_lag_seconds',
    (registers) =>
      new Gauge({
        name: 'outbox_lag_seconds',
        help: 'Age of the oldest unpublished message',
        labelNames: ['source'],
        registers,
      }),
  ),
  published: metric(
    registry,
    'outbox_published_total',
    (registers) =>
      new Counter({
        name: 'outbox_published_total',
        help: 'Messages handed to the broker',
        labelNames: ['source'],
        registers,
      }),
  ),
  republished: metric(
    registry,
    'outbox_republished_total',
    (registers) =>
      new Counter({
        name: 'outbox_republished_total',
        help: 'Messages handed to a broker that had lost them',
        labelNames: ['source'],
        registers,
      }),
  ),
  deadLetters: metric(
    registry,
    'messages_dead_letters',
    (registers) =>
      new Gauge({
        name: 'messages_dead_letters',
        help: 'Messages that were given up and wait for a person',
        labelNames: ['consumer'],
        registers,
      }),
  ),
});

export interface ConsumerMetrics {
  handled: Counter;
  unknown: Counter;
  parked: Counter;
  dead: Counter;
  lagSeconds: Gauge;
}

export const consumerMetrics = (registry: Registry | undefined): ConsumerMetrics => {
  const counter = (name: string, help: string, labelNames: string[]) =>
    metric(registry, name, (registers) => new Counter({ name, help, labelNames, registers }));
  return {
    handled: counter('messages_handled_total', 'Messages handled', ['consumer', 'source', 'type']),
    unknown: counter('messages_unknown_total', 'Messages of a type nobody here handles', [
      'consumer',
      'source',
    ]),
    parked: counter('messages_parked_total', 'Messages parked after a failure or behind one', [
      'consumer',
      'source',
    ]),
    dead: counter('messages_dead_total', 'Messages given up', ['consumer', 'source']),
    lagSeconds: metric(
      registry,
      'messages_lag_seconds',
      (registers) =>
        new Gauge({
          name: 'messages_lag_seconds',
          help: 'Age of the message handled last; 0 when idle',
          labelNames: ['consumer', 'source'],
          registers,
        }),
    ),
  };
};
