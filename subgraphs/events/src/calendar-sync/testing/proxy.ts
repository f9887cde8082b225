import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const writing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Passes on what is sent to a server of calendars and what it answers, but for answers that are to be lost. */
export async function startProxy(target: string) {
  const writes: string[] = [];
  let lost: { readonly method: string; readonly resolve: () => void } | undefined;

  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const isOfCalendar = !url.startsWith('/oauth/');
    if (isOfCalendar && writing.has(method)) writes.push(method);
    const pass = (answer: IncomingMessage) => {
      if (isOfCalendar && lost?.method === method) return void answer.resume().once('end', lost.resolve);
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    };
    incoming.pipe(request(new URL(url, target), { method, headers }, pass));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Methods of what was written through it. */
    writes,
    /** Answers to requests with this method are lost from here on. Resolves when the server has done the first of them. */
    lose: (method: string) => new Promise<void>((resolve) => (lost = { method, resolve })),
    /** No answer is lost any more. */
    heal: () => void (lost = undefined),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
