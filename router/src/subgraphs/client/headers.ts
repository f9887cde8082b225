import { REQUEST_ID_HEADER, signViewer, VIEWER_HEADER, type Clock } from '@diaspora/kit/core';
import type { RequestContext } from '../../context.js';
import type { Call } from '../steps/call.js';
import type { Time } from '../time.js';

/** Milliseconds that the router still waits for the answer: a subgraph may stop when they are over. */
export const DEADLINE_HEADER = 'x-deadline-ms';

export interface HeaderOptions {
  /** Shared with the subgraphs; without it nothing is signed, for supergraphs of others. */
  readonly viewerSecret?: string | undefined;
  readonly clock: Clock;
  readonly time: Pick<Time, 'now'>;
}

/** A signature may be this old when it is sent: a third of what subgraphs accept. */
const signatureLifeMs = 20_000;

/** Headers that belong to one connection or one message, and those that only we may write. */
const ownHeaders = new Set([
  ...[
    'host',
    'connection',
    'keep-alive',
    'proxy-connection',
    'transfer-encoding',
    'te',
    'trailer',
    'upgrade',
    'expect',
  ],
  ...[
    'content-length',
    'content-type',
    'content-encoding',
    'accept',
    'accept-encoding',
    'traceparent',
    'tracestate',
  ],
  ...[VIEWER_HEADER, REQUEST_ID_HEADER, DEADLINE_HEADER],
]);
const token = /^[!#$%&'*+.^_`|~\w-]+$/;
const visible = /^[\t\x20-\x7e]*$/;

/**
 * The headers of a request to a subgraph, as lines. Made here and nowhere else: nothing a client sends gets through but
 * what the configuration forwards. What is the same in all requests of one client request is made once, its signature too.
 */
export function createHeaders({ viewerSecret, clock, time }: HeaderOptions): (call: Call) => string {
  function linesOf({ context, clientRequest }: Call, now: number): string {
    if (now - clientRequest.signedAt < signatureLifeMs) return clientRequest.lines;
    clientRequest.signedAt = now;
    return (clientRequest.lines = writeLines(context));
  }

  function writeLines({ requestId, viewer, origin, trace, forwardedHeaders }: RequestContext): string {
    let lines = line(REQUEST_ID_HEADER, requestId);
    if (viewerSecret !== undefined) {
      const now = clock.now().getTime();
      const signed = signViewer(viewer, { secret: viewerSecret, requestId, origin, now });
      lines += line(VIEWER_HEADER, signed);
    }
    if (trace.state !== undefined) lines += line('tracestate', trace.state);
    for (const [name, value] of Object.entries(forwardedHeaders))
      if (token.test(name) && !ownHeaders.has(name.toLowerCase())) lines += line(name, value);
    return lines;
  }

  return (call) => {
    const now = call.attempts > 1 ? time.now() : call.startedAt;
    const { traceId, flags } = call.context.trace;
    const left = Math.max(1, Math.floor(call.deadline - now));
    return `${linesOf(call, now)}traceparent: 00-${traceId}-${call.spanId}-${flags}\r\n${DEADLINE_HEADER}: ${left}\r\n`;
  };
}

/** What cannot stand in a header is left out with its name. */
const line = (name: string, value: string): string => (visible.test(value) ? `${name}: ${value}\r\n` : '');
