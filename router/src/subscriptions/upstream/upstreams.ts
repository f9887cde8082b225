import type { Source } from '../source.js';
import { createSockets, type SocketsOptions, type Subject } from './sockets.js';
import { createUpstream, type Upstream } from './upstream.js';

export interface Wanted {
  readonly source: Source;
  readonly url: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly subject: Subject;
  /** Where to begin; undefined for where the client asked to begin. */
  readonly after?: unknown;
}

/** The subscriptions at subgraphs. */
export interface Upstreams {
  /** Equal for those that differ in where they begin only. */
  keyOf(wanted: Wanted): string;
  /** One that stands where this one has to begin, or a new one. */
  find(wanted: Wanted): Upstream;
  count(): number;
  stop(): void;
}

export interface UpstreamsOptions extends SocketsOptions {
  /** How long a lost subgraph is waited for. */
  readonly resumeMs: number;
}

/** Shares subscriptions that a subgraph must answer alike: same document, same variables, same identity, same place. */
export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const sockets = createSockets(options);
  const byKey = new Map<string, Set<Upstream>>();

  const keyOf = ({ source, url, variables, subject }: Wanted): string =>
    JSON.stringify([url, source.query, source.variables(variables), subject.identity]);

  function create({ source, url, variables, subject }: Wanted, start: unknown, key: string): Upstream {
    const same = byKey.get(key) ?? new Set();
    byKey.set(key, same);
    const base = source.variables(variables);
    const upstream = createUpstream({
      cursor: source.cursor,
      start,
      open: (after, sink) =>
        sockets.subscribe(url, { query: source.query, variables: { ...base, ...after } }, subject, sink),
      resumeMs: options.resumeMs,
      onEnd: () => {
        same.delete(upstream);
        if (same.size === 0 && byKey.get(key) === same) byKey.delete(key);
      },
    });
    same.add(upstream);
    return upstream;
  }

  return {
    keyOf,
    find(wanted) {
      const key = keyOf(wanted);
      const start = wanted.after ?? wanted.source.cursor?.startOf(wanted.variables);
      for (const upstream of byKey.get(key) ?? []) if (upstream.isAt(start)) return upstream;
      return create(wanted, start, key);
    },
    count: () => [...byKey.values()].reduce((sum, same) => sum + same.size, 0),
    stop: () => sockets.stop(),
  };
}
