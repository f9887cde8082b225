import { closeMessages } from '../close-codes.js';
import type { Ending } from '../sink.js';

/** How results stand in an HTTP response that stays open. */
export interface Format {
  readonly contentType: string;
  /** Sent with the headers. */
  readonly head: string;
  readonly heartbeat: string;
  readonly heartbeatMs: number;
  result(text: string): string;
  end(ending: Ending): string;
}

const errorsOf = (ending: Exclude<Ending, { kind: 'complete' }>) =>
  ending.kind === 'failed'
    ? ending.errors
    : [{ message: closeMessages[ending.reason], extensions: { code: ending.reason } }];

/**
 * Server-sent events, "distinct connections mode" of graphql-sse
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md). A stream that ends without `complete` was cut:
 * clients connect again.
 */
export const eventStream: Format = {
  contentType: 'text/event-stream; charset=utf-8',
  head: ':\n\n',
  heartbeat: ':\n\n',
  heartbeatMs: 12_000,
  result: (text) => `event: next\ndata: ${text}\n\n`,
  end(ending) {
    if (ending.kind === 'complete') return 'event: complete\ndata:\n\n';
    const told = this.result(JSON.stringify({ errors: errorsOf(ending) }));
    return ending.kind === 'failed' ? `${told}event: complete\ndata:\n\n` : told;
  },
};

const part = (text: string) => `\r\ncontent-type: application/json\r\n\r\n${text}\r\n--graphql`;

/**
 * Apollo's multipart protocol for subscriptions
 * (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol). Each part is
 * followed by its boundary at once: clients wait for that before they read it.
 */
export const multipart: Format = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"',
  head: '--graphql',
  heartbeat: part('{}'),
  heartbeatMs: 5_000,
  result: (text) => part(`{"payload":${text}}`),
  end(ending) {
    const told =
      ending.kind === 'complete' ? '' : part(JSON.stringify({ payload: null, errors: errorsOf(ending) }));
    return `${told}--\r\n`;
  },
};
