import { createHash } from 'node:crypto';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LimitObserver } from '../limits/observe.js';
import type { SubgraphMetrics } from '../subgraphs/metrics.js';
import { createSubgraphMetrics, durationBuckets } from './subgraph-metrics.js';

const costBuckets = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000];

/** Clients choose operation names, so only this many become label values; the rest count as "other". */
const namedOperations = 500;

/** Subgraphs choose codes of errors; the same holds for them. */
const namedCodes = 200;

export interface RouterMetrics extends LimitObserver {
  readonly registry: Registry;
  readonly subgraphs: SubgraphMetrics;
  /** Label of an operation's name, bounded in number. */
  labelOf(operationName: string | null): string;
  operation(observed: { label: string; type: string; seconds: number }): void;
  error(code: string): void;
  /** A document was looked for in the cache of operations. */
  document(result: 'hit' | 'miss' | 'refused'): void;
  /** An operation was planned; `executor` is who runs it. */
  planned(executor: 'compiled' | 'interpreted', seconds: number): void;
  /** A request that another one's execution answered. */
  shared(): void;
  supergraph(event: 'loaded' | 'refused'): void;
  /** What is open, asked for whenever metrics are read. */
  watchSubscriptions(count: () => OpenSubscriptions): void;
  /** An event was sent to a client. */
  event(): void;
  subscriptionEnded(reason: string): void;
}

export interface OpenSubscriptions {
  /** Of clients. */
  readonly connections: number;
  readonly subscriptions: number;
  /** Subscriptions at subgraphs behind them. */
  readonly upstreams: number;
}

/** The router's Prometheus metrics. Durations are in seconds. */
export function createMetrics(): RouterMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    bounds = durationBuckets,
  ) => new Histogram({ name, help, labelNames, buckets: bounds, registers });

  const operations = histogram(
    'router_operation_duration_seconds',
    'Time from a GraphQL request to its response, by hash of the operation name and by type.',
    ['operation', 'type'],
  );
  const errors = counter('router_errors_total', 'Errors in responses, by code.', ['code']);
  const documents = counter('router_documents_total', 'Documents looked up in the operation cache.', [
    'result',
  ]);
  const plans = histogram('router_plan_duration_seconds', 'Time to plan and compile one operation.', [
    'executor',
  ]);
  const sharedRequests = counter(
    'router_requests_shared_total',
    'Requests answered by an equal one in flight.',
    [],
  );
  const exceeded = counter('router_limits_exceeded_total', 'Requests over a limit, refused or measured.', [
    'limit',
    'mode',
  ]);
  const costs = histogram(
    'router_operation_cost',
    'Cost of operations by @cost and @listSize.',
    ['measure'],
    costBuckets,
  );
  const supergraphs = counter('router_supergraphs_total', 'New supergraphs, loaded or refused.', ['event']);
  const events = counter('router_subscription_events_total', 'Events sent to clients.', []);
  const ended = counter(
    'router_subscriptions_ended_total',
    'Subscriptions that the router or a subgraph ended, by reason.',
    ['reason'],
  );
  const codeLabel = boundedLabels(namedCodes);
  return {
    registry,
    subgraphs: createSubgraphMetrics(registry),
    labelOf: operationLabels(),
    operation: ({ label, type, seconds }) => operations.observe({ operation: label, type }, seconds),
    error: (code) => errors.inc({ code: codeLabel(code) }),
    document: (result) => documents.inc({ result }),
    planned: (executor, seconds) => plans.observe({ executor }, seconds),
    shared: () => sharedRequests.inc(),
    exceeded: (limit, mode) => exceeded.inc({ limit, mode }),
    cost: ({ estimated, actual }) => {
      costs.observe({ measure: 'estimated' }, estimated);
      if (actual !== undefined) costs.observe({ measure: 'actual' }, actual);
    },
    supergraph: (event) => supergraphs.inc({ event }),
    watchSubscriptions: (count) => {
      new Gauge({
        name: 'router_subscriptions',
        help: 'Open at this moment: connections and subscriptions of clients, upstreams to subgraphs.',
        labelNames: ['kind'],
        registers,
        collect() {
          for (const [kind, open] of Object.entries(count())) this.set({ kind }, open as number);
        },
      });
    },
    event: () => events.inc(),
    subscriptionEnded: (reason) => ended.inc({ reason }),
  };
}

/** The first so many values as they are, the rest as "other". */
function boundedLabels(capacity: number): (value: string) => string {
  const labels = new Set<string>();
  return (value) => {
    if (!labels.has(value) && labels.size >= capacity) return 'other';
    labels.add(value);
    return value;
  };
}

/** Operation name to a short hash: bounded in number, and free of whatever a client writes into a name. */
export function operationLabels(capacity = namedOperations): (name: string | null) => string {
  const labels = new Map<string, string>();
  return (name) => {
    if (name === null) return 'anonymous';
    const known = labels.get(name);
    if (known !== undefined) return known;
    if (labels.size >= capacity) return 'other';
    const label = createHash('sha256').update(name).digest('hex').slice(0, 12);
    labels.set(name, label);
    return label;
  };
}
