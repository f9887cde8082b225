import { RequestRefused } from '../../access/refused.js';
import type { ServeStream } from '../../pipeline.js';
import { watchCaller } from '../check-caller.js';
import { closeMessages, type CloseReason } from '../close-codes.js';
import type { Connections } from '../connections.js';
import type { Operations } from '../operations.js';
import type { Ending } from '../sink.js';
import { eventStream, multipart } from './formats.js';

export interface StreamParts {
  readonly operations: Operations;
  readonly connections: Connections;
  readonly now: () => number;
  readonly bufferBytes: number;
  readonly recheckMs: number;
}

const closeGraceMs = 5_000;

/**
 * Answers one operation by a response that stays open. Throws RequestRefused, before anything is written, when there
 * are too many connections.
 */
export function serveStream(stream: Parameters<ServeStream>[0], parts: StreamParts): void {
  const { form, request, response, headers, params, observed, version } = stream;
  const origin = { headers: request.headers, socket: request.socket, caller: observed.context.caller };
  const prepared = { ...stream.prepared, version, observed };
  const { operations, connections, now, bufferBytes, recheckMs } = parts;
  const format = form === 'multipart' ? multipart : eventStream;
  let isEnded = false;

  const close = (reason: CloseReason) => end({ kind: 'close', reason });
  const remove = connections.add(origin.caller, close);
  if (remove === undefined) {
    const message = closeMessages.TOO_MANY_CONNECTIONS;
    throw new RequestRefused({ status: 429, code: 'RATE_LIMITED', message });
  }
  response.writeHead(200, [
    ...headers,
    ...[
      'content-type',
      format.contentType,
      'cache-control',
      'no-cache, no-transform',
      'x-accel-buffering',
      'no',
    ],
  ]);
  response.write(format.head);

  function write(text: string) {
    response.write(text);
    if (response.writableLength > bufferBytes) close('SLOW_CONSUMER');
  }

  function end(ending: Ending) {
    if (isEnded) return;
    release();
    response.end(format.end(ending));
    // Whoever does not read gets no end either.
    const timer = setTimeout(() => response.destroy(), closeGraceMs);
    response.once('close', () => clearTimeout(timer));
  }

  function release() {
    isEnded = true;
    clearInterval(heartbeat);
    unwatch();
    remove!();
    stop();
  }

  const heartbeat = setInterval(() => write(format.heartbeat), format.heartbeatMs);
  let unwatch: () => void = () => undefined;
  let stop: () => void = () => undefined;
  response.once('close', () => {
    if (!isEnded) release();
  });
  unwatch = watchCaller(origin.caller, { everyMs: recheckMs, now, onRefused: close });
  const stopRunning = operations.run({
    params,
    origin,
    prepared,
    sink: { next: (result) => void (isEnded || write(format.result(result))), end },
  });
  stop = stopRunning;
  if (isEnded) stop();
}
