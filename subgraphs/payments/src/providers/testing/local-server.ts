import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** What goes wrong with one call: not done and told so; done, and the connection lost; done, and never answered. */
export type Trouble = 'down' | 'cut' | 'silent';

export type LocalServer = Awaited<ReturnType<typeof startLocalServer>>;

/** A server on a free port that answers as a vendor's would, and fails when it is told to. */
export async function startLocalServer(handle: (exchange: Exchange) => Answer) {
  const troubles: Trouble[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname: path, search: query } = new URL(request.url ?? '/', 'http://local');
      const trouble = path === '/v1/oauth2/token' ? undefined : troubles.shift();
      const body = Buffer.concat(chunks).toString('utf8');
      const { method = 'GET', headers } = request;
      const answer: Answer =
        trouble === 'down'
          ? {
              status: 500,
              body: { error: { type: 'api_error', message: 'down' }, name: 'INTERNAL_SERVER_ERROR' },
            }
          : handle({ method, path, query, headers, body });
      if (trouble === 'cut') return void request.socket.destroy();
      if (trouble === 'silent') return;
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The next call goes wrong. */
    failNext: (trouble: Trouble) => void troubles.push(trouble),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers kept by idempotency key: the same request has the same answer, another one none. */
export function createKeyring() {
  const kept = new Map<string, { request: string; answer: Answer }>();
  return (key: string | undefined, request: string, run: () => Answer, conflict: Answer): Answer => {
    if (key === undefined) return run();
    const known = kept.get(key);
    if (known) return known.request === request ? known.answer : conflict;
    const answer = run();
    kept.set(key, { request, answer });
    return answer;
  };
}
