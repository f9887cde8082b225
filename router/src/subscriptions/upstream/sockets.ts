import { randomUUID } from 'node:crypto';
import { signViewer, VIEWER_HEADER, type Clock, type Logger, type Viewer } from '@diaspora/kit/core';
import { openSocket, type Socket, type UpstreamSink } from './socket.js';

/** For whom something is subscribed. */
export interface Subject {
  readonly identity: string;
  readonly viewer: Viewer | null;
  readonly forwardedHeaders: Readonly<Record<string, string>>;
}

export interface UpstreamRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Sockets {
  /** Returns what ends it. Nothing is tried again: the sink hears of it. */
  subscribe(url: string, request: UpstreamRequest, subject: Subject, sink: UpstreamSink): () => void;
  stop(): void;
}

export interface SocketsOptions {
  /** Shared with the subgraphs; none for supergraphs of others. */
  readonly viewerSecret?: string | undefined;
  readonly maxMessageBytes: number;
  /** How long a socket is kept that nobody uses. */
  readonly idleMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Sockets to subgraphs. Our own are told the viewer with each operation, signed, so that one socket carries the
 * subscriptions of everybody. Those of others know the caller of a connection only: there each identity has its own,
 * which carries the forwarded headers.
 */
export function createSockets(options: SocketsOptions): Sockets {
  const { viewerSecret, maxMessageBytes, idleMs = 5_000, clock, log } = options;
  const sockets = new Map<string, Socket>();

  const sign = (viewer: Viewer | null, secret: string) => ({
    [VIEWER_HEADER]: signViewer(viewer, { secret, requestId: randomUUID(), now: clock.now().getTime() }),
  });

  function open(url: string, key: string, headers: Subject['forwardedHeaders']): Socket {
    const forget = () => {
      if (sockets.get(key) === socket) sockets.delete(key);
    };
    const socket: Socket = openSocket({
      url,
      headers: viewerSecret === undefined ? headers : {},
      initPayload: viewerSecret === undefined ? headers : sign(null, viewerSecret),
      ...{ maxMessageBytes, idleMs },
      onIdle: forget,
      onClose: (code) => {
        forget();
        if (code !== 1000) log.warn({ url, code }, 'the socket to a subgraph was closed');
      },
    });
    sockets.set(key, socket);
    return socket;
  }

  return {
    subscribe(url, request, { identity, viewer, forwardedHeaders }, sink) {
      const key = viewerSecret === undefined ? `${url}\n${identity}` : url;
      const socket = sockets.get(key) ?? open(url, key, forwardedHeaders);
      const extensions = viewerSecret === undefined ? undefined : sign(viewer, viewerSecret);
      return socket.subscribe({ ...request, ...(extensions && { extensions }) }, sink);
    },
    stop() {
      for (const socket of sockets.values()) socket.close();
      sockets.clear();
    },
  };
}
