import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Taken {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An HTTP server of this machine that takes requests and answers as it is told to. */
export async function startTarget() {
  const taken: Taken[] = [];
  let answer: (
    request: Taken,
  ) => { status: number; body?: string; headers?: Record<string, string> } | 'silence' = () => ({
    status: 200,
    body: 'ok',
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const each = { path: request.url!, headers: request.headers, body: Buffer.concat(chunks) };
      taken.push(each);
      const said = answer(each);
      if (said === 'silence') return void request.socket.destroy();
      response.writeHead(said.status, said.headers).end(said.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    answer: (next: typeof answer) => void (answer = next),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type Target = Awaited<ReturnType<typeof startTarget>>;
