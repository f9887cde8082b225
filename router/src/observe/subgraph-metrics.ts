import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BreakerState, FetchOutcome, SubgraphMetrics } from '../subgraphs/metrics.js';

/** Seconds. */
export const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const outcomes: readonly FetchOutcome[] = ['ok', 'errors', 'unavailable', 'timeout', 'cancelled'];
const openness: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

/** What happens on the way to each subgraph. Labels are bound once: six fetches a request count. */
export function createSubgraphMetrics(registry: Registry): SubgraphMetrics {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });

  const fetches = counter('subgraph_fetches_total', 'Requests to subgraphs, by outcome.', [
    'subgraph',
    'outcome',
  ]);
  const durations = new Histogram({
    name: 'subgraph_fetch_duration_seconds',
    help: 'Time of one request to a subgraph, retries included.',
    labelNames: ['subgraph'],
    buckets: durationBuckets,
    registers,
  });
  const retries = counter('subgraph_retries_total', 'Requests sent again after a fault.', ['subgraph']);
  const hedges = counter(
    'subgraph_hedges_total',
    'Second requests for slow ones: sent, and first to answer.',
    ['subgraph', 'event'],
  );
  const shared = counter('subgraph_fetches_shared_total', 'Fetches that joined an equal one in flight.', [
    'subgraph',
  ]);
  const breakers = new Gauge({
    name: 'subgraph_breaker_state',
    help: 'Circuit breaker: 0 closed, 1 half-open, 2 open.',
    labelNames: ['subgraph'],
    registers,
  });

  return {
    forSubgraph: (subgraph) => {
      const counted = Object.fromEntries(
        outcomes.map((outcome) => [outcome, fetches.labels({ subgraph, outcome })]),
      ) as Record<FetchOutcome, Counter.Internal>;
      const duration = durations.labels({ subgraph });
      const retried = retries.labels({ subgraph });
      const hedged = {
        sent: hedges.labels({ subgraph, event: 'sent' }),
        won: hedges.labels({ subgraph, event: 'won' }),
      };
      const joined = shared.labels({ subgraph });
      const breaker = breakers.labels({ subgraph });
      breaker.set(0);
      return {
        fetch: (outcome, seconds) => {
          counted[outcome].inc();
          duration.observe(seconds);
        },
        retry: () => retried.inc(),
        hedge: (event) => hedged[event].inc(),
        shared: () => joined.inc(),
        breaker: (state) => breaker.set(openness[state]),
      };
    },
  };
}
