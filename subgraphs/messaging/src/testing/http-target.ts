import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Taken {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Said {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** An HTTP server of this machine that takes requests and answers as it is told to. */
export async function startTarget() {
  const taken: Taken[] = [];
  let open = 0;
  let answer: (request: Taken) => Said | 'silence' | Promise<Said | 'silence'> = () => ({
    status: 200,
    body: 'ok',
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void respond(request, response, Buffer.concat(chunks)));
  });
  async function respond(request: IncomingMessage, response: ServerResponse, body: Buffer) {
    const { method, url, headers } = request;
    const each = { method: method!, path: url!, headers, body };
    open += 1;
    taken.push(each);
    const said = await answer(each);
    open -= 1;
    if (said === 'silence') return void request.socket.destroy();
    response.writeHead(said.status, said.headers).end(said.body);
  }
  // It never closes what waits for another request: on a busy machine that one may be under way.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    /** How many requests wait for their answers. */
    open: () => open,
    answer: (next: typeof answer) => void (answer = next),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type Target = Awaited<ReturnType<typeof startTarget>>;
