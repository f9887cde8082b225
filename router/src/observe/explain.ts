import { print } from 'graphql';
import type { Executable } from '../execution/executable.js';
import type { Fetch } from '../plan/plan.js';
import type { FetchReport } from '../subgraphs/metrics.js';

/** `extensions.explain` of an answer: what was planned, what was sent, and how long it took. */
export interface Explanation {
  readonly operation: {
    readonly kind: string;
    /** Whether generated code runs it; if not, why. */
    readonly compiled: true | { readonly declined: string };
    readonly cost?: { readonly estimated?: number; readonly actual?: number };
  };
  readonly plan: readonly ExplainedPlanFetch[];
  /** In the order in which they were sent. Absent where the operation was only planned. */
  readonly requests?: readonly ExplainedRequest[];
  /** From the request's arrival to its answer. */
  readonly totalMs: number;
}

export interface ExplainedPlanFetch {
  readonly id: number;
  readonly subgraph: string;
  /** Response names to the objects it completes, joined with dots; empty for a root fetch. */
  readonly path: string;
  readonly waitsFor: readonly number[];
  readonly operation: string;
}

export interface ExplainedRequest {
  readonly subgraph: string;
  /** Ids of the plan's fetches that it carried. */
  readonly fetches: readonly number[];
  /** Since the request's arrival. */
  readonly startedMs: number;
  readonly ms: number;
  readonly outcome: string;
  readonly attempts: number;
  readonly isShared: boolean;
  readonly bytes?: number;
}

export interface Explained {
  readonly executable: Executable;
  readonly fetches?: readonly FetchReport[];
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly cost?: { readonly estimated?: number; readonly actual?: number };
}

export function explain({ executable, fetches, startedAt, endedAt, cost }: Explained): Explanation {
  const { plan, compiled } = executable;
  return {
    operation: { kind: plan.kind, compiled, ...(cost && { cost }) },
    plan: plan.fetches.map(explainFetch),
    ...(fetches && { requests: inOrder(fetches).map((report) => explainRequest(report, startedAt)) }),
    totalMs: round(endedAt - startedAt),
  };
}

const explainFetch = ({ id, subgraph, path, waitsFor, document }: Fetch): ExplainedPlanFetch => ({
  id,
  subgraph,
  path: path.join('.'),
  waitsFor,
  operation: print(document),
});

const explainRequest = (report: FetchReport, since: number): ExplainedRequest => ({
  subgraph: report.subgraph,
  fetches: report.fetches,
  startedMs: round(report.startedAt - since),
  ms: round(report.endedAt - report.startedAt),
  outcome: report.outcome,
  attempts: report.attempts,
  isShared: report.isShared,
  ...(report.bytes !== undefined && { bytes: report.bytes }),
});

const inOrder = (reports: readonly FetchReport[]) =>
  [...reports].sort((one, other) => one.startedAt - other.startedAt);

const round = (ms: number): number => Math.round(ms * 100) / 100;
