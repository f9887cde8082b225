import { randomBytes } from 'node:crypto';

/** W3C Trace Context (https://www.w3.org/TR/trace-context/), level 1. */
export interface TraceContext {
  readonly traceId: string;
  readonly flags: string;
  readonly state: string | undefined;
}

const format = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** Continues the caller's trace, or begins one when the header is absent or malformed. */
export function readTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const [, traceId, flags] = format.exec(traceparent ?? '') ?? [];
  if (!traceId || !flags) return { traceId: randomBytes(16).toString('hex'), flags: '01', state: undefined };
  return { traceId, flags, state: tracestate && tracestate.length <= 512 ? tracestate : undefined };
}

/** The headers of one request to a subgraph: the same trace, a span of its own. */
export function childTraceHeaders(trace: TraceContext): Record<string, string> {
  const traceparent = `00-${trace.traceId}-${randomBytes(8).toString('hex')}-${trace.flags}`;
  return trace.state === undefined ? { traceparent } : { traceparent, tracestate: trace.state };
}
