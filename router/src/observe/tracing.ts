import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace as api,
  type Context,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, RandomIdGenerator } from '@opentelemetry/sdk-trace-node';
import type { Plan } from '../plan/plan.js';
import type { FetchReport } from '../subgraphs/metrics.js';
import type { TraceContext } from './trace.js';

export interface TracingOptions {
  /** Base URL of an OTLP receiver over HTTP; spans go to `<endpoint>/v1/traces`. */
  readonly endpoint: string;
  /** Share of traces, from 0 to 1, that are recorded. Decided by the trace id, alike in every service. */
  readonly ratio: number;
}

/** A request that has been answered. Times are milliseconds of `performance.now()`. */
export interface FinishedRequest {
  readonly trace: TraceContext;
  readonly requestId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly kind?: string | undefined;
  /** As in the metrics: not the name itself, which clients choose. */
  readonly operation: string;
  readonly plan?: Plan | undefined;
  readonly fetches: readonly FetchReport[];
  /** Codes of the errors in the answer. */
  readonly errorCodes: readonly string[];
  readonly cost?: number | undefined;
}

export interface Tracing {
  /** Whether spans of this trace are wanted. */
  isRecorded(trace: TraceContext): boolean;
  /** Writes the spans of a request, all at once, when it has ended. */
  record(request: FinishedRequest): void;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/**
 * OpenTelemetry spans: one for a request, one below it for each request to a subgraph, whose id the subgraph got in
 * its `traceparent`. They are made after the fact from times that are taken anyway, so that requests which nobody
 * traces pay nothing and no context has to follow asynchronous calls.
 */
export function createTracing({ endpoint, ratio }: TracingOptions): Tracing {
  const ids = createPresetIds();
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({ 'service.name': 'router' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('router');

  const write = (span: SpanToWrite) => {
    ids.preset(span.traceId, span.spanId);
    const { name, kind, attributes, startedAt } = span;
    const made = tracer.startSpan(name, { kind, attributes, startTime: toEpoch(startedAt) }, span.parent);
    if (span.fault !== undefined) made.setStatus({ code: SpanStatusCode.ERROR, message: span.fault });
    made.end(toEpoch(span.endedAt));
  };

  return {
    isRecorded: ({ traceId, flags }) =>
      (parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0 && parseInt(traceId.slice(-8), 16) < ratio * 2 ** 32,
    record: (request) => {
      write(requestSpan(request));
      for (const fetch of request.fetches) write(fetchSpan(fetch, request));
    },
    stop: () => provider.shutdown(),
  };
}

interface SpanToWrite {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: Context;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Record<string, string | number | boolean | string[] | number[]>;
  readonly fault: string | undefined;
}

function requestSpan(request: FinishedRequest): SpanToWrite {
  const { trace, kind = 'unknown', operation, errorCodes, cost, startedAt, endedAt } = request;
  return {
    name: `graphql ${kind}`,
    kind: SpanKind.SERVER,
    traceId: trace.traceId,
    spanId: trace.spanId,
    parent: parentOf(trace.traceId, trace.parentSpanId),
    startedAt,
    endedAt,
    attributes: {
      'graphql.operation.type': kind,
      'router.operation': operation,
      'router.request_id': request.requestId,
      ...(errorCodes.length > 0 && { 'router.error_codes': [...new Set(errorCodes)] }),
      ...(cost !== undefined && { 'router.cost': cost }),
    },
    fault: errorCodes[0],
  };
}

function fetchSpan(fetch: FetchReport, { trace, plan }: FinishedRequest): SpanToWrite {
  const { subgraph, fetches, outcome, startedAt, endedAt } = fetch;
  const paths = fetches.map((id) => plan?.fetches[id]?.path.join('.') ?? '');
  return {
    name: `fetch ${subgraph}`,
    kind: SpanKind.CLIENT,
    traceId: trace.traceId,
    spanId: fetch.spanId,
    parent: parentOf(trace.traceId, trace.spanId),
    startedAt,
    endedAt,
    attributes: {
      'router.subgraph': subgraph,
      'router.plan.fetches': [...fetches],
      'router.plan.paths': paths,
      'router.fetch.attempts': fetch.attempts,
      'router.fetch.shared': fetch.isShared,
      ...(fetch.status !== undefined && { 'http.response.status_code': fetch.status }),
      ...(fetch.bytes !== undefined && { 'http.response.body.size': fetch.bytes }),
    },
    fault: outcome === 'ok' ? undefined : outcome,
  };
}

const parentOf = (traceId: string, spanId: string | undefined): Context =>
  spanId === undefined
    ? ROOT_CONTEXT
    : api.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });

const toEpoch = (at: number): number => performance.timeOrigin + at;

/** The ids were given away in headers before their spans are written, so the next span gets those. */
function createPresetIds() {
  const random = new RandomIdGenerator();
  let next: { traceId: string; spanId: string } | undefined;
  const take = (key: 'traceId' | 'spanId') => next?.[key];
  return {
    preset: (traceId: string, spanId: string) => void (next = { traceId, spanId }),
    generateTraceId: () => take('traceId') ?? random.generateTraceId(),
    generateSpanId: () => take('spanId') ?? random.generateSpanId(),
  };
}
