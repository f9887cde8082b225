import { isDeepStrictEqual } from 'node:util';
import type { GraphQLFormattedError } from 'graphql';
import { complete, failed, interrupted, type Ending } from '../sink.js';
import type { Cursor } from '../source.js';
import type { UpstreamSink } from './socket.js';

export interface Event {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface Listener {
  event(event: Event): void;
  end(ending: Ending): void;
}

/** One subscription at a subgraph, which any number of clients may share. */
export interface Upstream {
  /** Whether what comes from here is what comes after `after`. Always, for one that knows no cursors. */
  isAt(after: unknown): boolean;
  /** After which everything will be told; undefined when that is not known. */
  readonly position: unknown;
  readonly isResumable: boolean;
  /** Returns what ends it; the subscription at the subgraph ends with its last listener. */
  listen(listener: Listener): () => void;
}

interface UpstreamOptions {
  readonly cursor: Cursor | undefined;
  readonly start: unknown;
  /** Subscribes with these variables beside the client's. */
  readonly open: (variables: Readonly<Record<string, unknown>>, sink: UpstreamSink) => () => void;
  /** How long a lost subgraph is waited for. */
  readonly resumeMs: number;
  readonly onEnd: () => void;
}

const firstPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * Follows one subscription at a subgraph. When it is lost and can be resumed, it is subscribed again after the cursor
 * of the last event, as often as it takes within `resumeMs`: the subgraph replays what came meanwhile.
 */
export function createUpstream({ cursor, start, open, resumeMs, onEnd }: UpstreamOptions): Upstream {
  const listeners = new Set<Listener>();
  let position = start;
  let isEnded = false;
  let attempts = 0;
  let lostAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let close: (() => void) | undefined;

  function connect() {
    const after = cursor && position !== undefined ? { [cursor.variable]: position } : {};
    close = open(after, {
      next: ({ data = null, errors }) => receive({ data, ...(errors && { errors }) }),
      failed: (errors) => (cursor && errors.every(isOutage) ? lose() : end({ kind: 'failed', errors })),
      lost: () => lose(),
      complete: () => end(complete),
    });
  }

  function receive(event: Event) {
    if (isEnded) return;
    attempts = 0;
    lostAt = undefined;
    position = cursor?.of(event.data) ?? position;
    for (const listener of [...listeners]) listener.event(event);
  }

  function lose() {
    if (isEnded) return;
    if (!cursor) return end(interrupted);
    lostAt ??= performance.now();
    if (performance.now() - lostAt > resumeMs) return end(unavailable);
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts, 10));
    attempts += 1;
    timer = setTimeout(connect, pause * (0.5 + Math.random() / 2));
  }

  function end(ending: Ending) {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(timer);
    onEnd();
    for (const listener of [...listeners]) listener.end(ending);
  }

  return {
    isAt: (after) => !isEnded && (cursor === undefined || isDeepStrictEqual(position, after)),
    get position() {
      return position;
    },
    isResumable: cursor !== undefined,
    listen(listener) {
      listeners.add(listener);
      if (close === undefined) connect();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || isEnded) return;
        isEnded = true;
        clearTimeout(timer);
        onEnd();
        close?.();
      };
    },
  };
}

const isOutage = ({ extensions }: GraphQLFormattedError) => extensions?.['code'] === 'UNAVAILABLE';

const unavailable = failed('UNAVAILABLE', 'This part of the service is unavailable right now.');
