import { randomFillSync } from 'node:crypto';

/** W3C Trace Context (https://www.w3.org/TR/trace-context/), level 1. */
export interface TraceContext {
  readonly traceId: string;
  /** Of the span of this request. */
  readonly spanId: string;
  /** Of the caller's span; absent where the trace begins here. */
  readonly parentSpanId?: string;
  readonly flags: string;
  readonly state: string | undefined;
}

const format = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Random bytes are drawn for many ids at once: one call costs about as much as a thousand bytes. */
const pool = Buffer.alloc(4_096);
let drawn = pool.length;

function randomHex(bytes: number): string {
  if (drawn + bytes > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += bytes;
  return pool.toString('hex', drawn - bytes, drawn);
}

export const newSpanId = (): string => randomHex(8);

/** Continues the caller's trace, or begins one when the header is absent or malformed. */
export function readTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const [, traceId, parentSpanId, flags] = format.exec(traceparent ?? '') ?? [];
  const spanId = newSpanId();
  if (!traceId || !parentSpanId || !flags) {
    return { traceId: randomHex(16), spanId, flags: '01', state: undefined };
  }
  const state = tracestate && tracestate.length <= 512 ? tracestate : undefined;
  return { traceId, spanId, parentSpanId, flags, state };
}

/** The headers of one request to a subgraph: the same trace, a span of its own. */
export function childTraceHeaders(trace: TraceContext, spanId = newSpanId()): Record<string, string> {
  const traceparent = `00-${trace.traceId}-${spanId}-${trace.flags}`;
  return trace.state === undefined ? { traceparent } : { traceparent, tracestate: trace.state };
}
