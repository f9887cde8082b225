export type FetchOutcome = 'ok' | 'errors' | 'unavailable' | 'timeout' | 'cancelled';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What sending reports, by subgraph: asked for once per subgraph, so that labels are bound before the first call. */
export interface SubgraphMetrics {
  forSubgraph(name: string): SubgraphMeter;
}

export interface SubgraphMeter {
  /** A fetch as the executor sees it, whatever it took. */
  fetch(outcome: FetchOutcome, seconds: number): void;
  retry(): void;
  /** One more attempt because the first was slow; `won` when it answered first. */
  hedge(event: 'sent' | 'won'): void;
  /** A fetch that joined one in flight. */
  shared(): void;
  breaker(state: BreakerState): void;
}

/** One finished fetch: for spans and `explain`. Times are performance.now() milliseconds. */
export interface FetchReport {
  readonly subgraph: string;
  readonly kind: 'query' | 'mutation';
  /** Ids of the plan's fetches that it carried. */
  readonly fetches: readonly number[];
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: FetchOutcome;
  readonly status?: number;
  readonly bytes?: number;
  /** Requests that were sent: 0 when none was, more than 1 with retries and hedges. */
  readonly attempts: number;
  readonly isShared: boolean;
  /** Of the `traceparent` that the subgraph got. */
  readonly spanId: string;
}

export const noMetrics: SubgraphMetrics = {
  forSubgraph: () => ({
    fetch: () => undefined,
    retry: () => undefined,
    hedge: () => undefined,
    shared: () => undefined,
    breaker: () => undefined,
  }),
};
