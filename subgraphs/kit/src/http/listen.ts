import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListeningServer {
  readonly server: Server;
  /** `http://host:port` */
  readonly url: string;
  readonly port: number;
  /** Stops accepting, lets requests in flight finish for at most `graceMs`, then closes what is left. */
  close(graceMs?: number): Promise<void>;
}

/** Listens, or fails with one clear line when the port is taken. Port 0 picks a free one. */
export async function listen(
  handler: RequestListener,
  options: { port: number; host: string; name: string; http?: ServerOptions },
): Promise<ListeningServer> {
  const server = createServer(options.http ?? {}, handler);
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(listenError(error, options));
    server.once('error', refuse);
    server.listen(options.port, options.host, () => {
      server.off('error', refuse); // or the first error of a running server would vanish
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: (graceMs = 10_000) => close(server, graceMs),
  };
}

function listenError(error: NodeJS.ErrnoException, { port, name }: { port: number; name: string }): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(`Port ${port} for ${name} is taken. Choose another one by PORT.`);
  if (error.code === 'EACCES') return new Error(`Port ${port} for ${name} may not be opened by this user.`);
  return error;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection turns idle when its last request ends, which may be after close began.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed.finally(() => (clearInterval(sweep), clearTimeout(timer)));
}
