import { Pool, type Dispatcher } from 'undici';
import { unavailable } from '../steps/call.js';
import type { Client, CreateClient, RawReceiver, Received } from './client.js';

/** undici's pool behind the same interface: the setting to fall back to. */
export const createUndiciClient: CreateClient = ({ url, maxConnections, maxBytes, compression }) => {
  const pool = new Pool(url.origin, {
    connections: maxConnections,
    pipelining: 1,
    // Deadlines are kept above.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const fixed = [
    'content-type',
    'application/json',
    'accept',
    'application/graphql-response+json, application/json;q=0.9',
    ...(compression === 'none' ? [] : ['accept-encoding', compression]),
  ];
  const path = url.pathname + url.search;
  return {
    send(headers, body, receiver) {
      const handler = createHandler(maxBytes, receiver);
      const more = headers.split('\r\n').flatMap((line) => (line === '' ? [] : line.split(/: (.*)/s, 2)));
      pool.dispatch({ path, method: 'POST', headers: [...fixed, ...more], body }, handler);
      return handler;
    },
    // A closed pool would refuse what is still to come; idle connections close by themselves after a few seconds.
    stop: () => undefined,
  } satisfies Client;
};

function createHandler(maxBytes: number, receiver: RawReceiver) {
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let status = 0;
  let headers: Record<string, string | string[] | undefined> = {};
  let length = 0;
  const pieces: Buffer[] = [];
  const finish = (received: Received): void => {
    if (isOver) return;
    isOver = true;
    receiver.receive(received);
  };
  const header = (name: string) => headers[name]?.toString();
  return {
    onRequestStart(given: Dispatcher.DispatchController) {
      controller = given;
      if (isOver) given.abort(new Error('cancelled'));
    },
    onResponseStart(_: unknown, statusCode: number, given: typeof headers) {
      status = statusCode;
      headers = given;
    },
    onResponseData(given: Dispatcher.DispatchController, piece: Buffer) {
      length += piece.length;
      if (length <= maxBytes) return void pieces.push(piece);
      finish(unavailable(`the answer is longer than ${maxBytes} bytes`));
      given.abort(new Error('too large'));
    },
    onResponseEnd() {
      const raw = {
        status,
        contentType: header('content-type'),
        contentEncoding: header('content-encoding'),
        retryAfter: header('retry-after'),
        body: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length),
      };
      finish({ raw });
    },
    onResponseError(_: unknown, error: Error & { code?: string }) {
      finish(unavailable(`no answer: ${error.code ?? error.name}`, { retry: 'later' }));
    },
    cancel() {
      isOver = true;
      controller?.abort(new Error('cancelled'));
    },
  };
}
