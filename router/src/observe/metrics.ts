import { createHash } from 'node:crypto';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Clients choose operation names, so only this many become label values; the rest count as "other". */
const namedOperations = 500;

export interface RouterMetrics {
  readonly registry: Registry;
  operation(observed: { name: string | null; type: string; seconds: number }): void;
  error(code: string): void;
  fetch(observed: { subgraph: string; outcome: FetchOutcome; seconds: number }): void;
}

export type FetchOutcome = 'ok' | 'errors' | 'unavailable' | 'cancelled';

/** The router's Prometheus metrics. Durations are in seconds. */
export function createMetrics(): RouterMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const operations = new Histogram({
    name: 'router_operation_duration_seconds',
    help: 'Time from a GraphQL request to its response, by hash of the operation name and by type.',
    labelNames: ['operation', 'type'],
    buckets,
    registers,
  });
  const errors = new Counter({
    name: 'router_errors_total',
    help: 'Errors in responses, by code.',
    labelNames: ['code'],
    registers,
  });
  const fetches = new Counter({
    name: 'subgraph_fetches_total',
    help: 'Requests to subgraphs, by outcome.',
    labelNames: ['subgraph', 'outcome'],
    registers,
  });
  const fetchDuration = new Histogram({
    name: 'subgraph_fetch_duration_seconds',
    help: 'Time of one request to a subgraph.',
    labelNames: ['subgraph'],
    buckets,
    registers,
  });
  const labelOf = operationLabels();
  return {
    registry,
    operation: ({ name, type, seconds }) => operations.observe({ operation: labelOf(name), type }, seconds),
    error: (code) => errors.inc({ code }),
    fetch: ({ subgraph, outcome, seconds }) => {
      fetches.inc({ subgraph, outcome });
      fetchDuration.observe({ subgraph }, seconds);
    },
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
