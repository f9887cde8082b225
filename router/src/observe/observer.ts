import type { IncomingHttpHeaders } from 'node:http';
import type { PipelineContext } from '../context.js';
import type { Executable } from '../execution/executable.js';
import type { Operation } from '../operations/operation.js';
import type { FetchReport } from '../subgraphs/metrics.js';
import { explain, type Explanation } from './explain.js';
import type { RouterMetrics } from './metrics.js';
import type { Tracing } from './tracing.js';

/** One request as it is observed; what is not known yet is filled in on its way. */
export interface Observed {
  readonly context: PipelineContext;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** Present when the request is traced or asks to be explained. */
  readonly fetches?: FetchReport[] | undefined;
  operation?: Operation;
  executable?: Executable;
  cost?: { readonly estimated: number | undefined; readonly actual: number | undefined };
}

/** `plan`: what would be done; `run`: what was done, beside the answer. */
export type ExplainMode = 'plan' | 'run';

export interface Observer {
  begin(context: PipelineContext, headers: Readonly<IncomingHttpHeaders>): Observed;
  /** The request is answered by the execution of another. */
  shared(): void;
  /** Whether the request asks for an explanation by the header `x-explain`, and its caller may have one. */
  explains(observed: Observed, headers: Readonly<IncomingHttpHeaders>): ExplainMode | undefined;
  explanation(observed: Observed): Explanation | undefined;
  /** An event went to a client. */
  event(): void;
  /** By itself, or as the close codes name it. */
  subscriptionEnded(reason: string): void;
  /** The answer was sent. */
  end(observed: Observed, errorCodes: readonly string[]): void;
}

export interface ObserverParts {
  readonly metrics: RouterMetrics;
  readonly tracing?: Tracing | undefined;
  /** `*` for everybody. */
  readonly explainRoles: readonly string[];
}

/** Metrics of every request, spans of those that are traced, explanations of those that ask for one. */
export function createObserver({ metrics, tracing, explainRoles }: ObserverParts): Observer {
  const isForAll = explainRoles.includes('*');
  const nameless = metrics.labelOf(null);

  return {
    begin: (context, headers) => {
      const startedAt = performance.now();
      const isTraced = tracing?.isRecorded(context.trace) === true;
      if (!isTraced && headers['x-explain'] === undefined) return { context, startedAt };
      const fetches: FetchReport[] = [];
      context.explain = (fetch) => void fetches.push(fetch);
      return { context, startedAt, fetches };
    },

    shared: () => metrics.shared(),
    event: () => metrics.event(),
    subscriptionEnded: (reason) => metrics.subscriptionEnded(reason),

    explains: ({ context: { viewer } }, headers) => {
      const mode = headers['x-explain'];
      if (mode !== 'plan' && mode !== 'run') return undefined;
      return isForAll || viewer?.roles.some((role) => explainRoles.includes(role)) ? mode : undefined;
    },

    explanation: ({ executable, fetches, startedAt, cost }) =>
      executable && explain({ executable, fetches, startedAt, endedAt: performance.now(), cost }),

    end: (observed, errorCodes) => {
      const { context, startedAt, fetches, operation, executable, cost } = observed;
      const endedAt = performance.now();
      const label = operation?.label ?? nameless;
      const type = operation?.kind ?? 'unknown';
      metrics.operation({ label, type, seconds: (endedAt - startedAt) / 1_000 });
      for (const code of errorCodes) metrics.error(code);
      if (cost?.estimated !== undefined) metrics.cost({ ...cost, estimated: cost.estimated });
      if (tracing === undefined || fetches === undefined || !tracing.isRecorded(context.trace)) return;
      tracing.record({
        trace: context.trace,
        requestId: context.requestId,
        startedAt,
        endedAt,
        kind: type,
        operation: label,
        plan: executable?.plan,
        fetches,
        errorCodes,
        cost: cost?.actual ?? cost?.estimated,
      });
    },
  };
}
