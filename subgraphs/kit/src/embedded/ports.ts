import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A TCP port of 127.0.0.1 nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Fails with one clear line when `port` of 127.0.0.1 cannot be listened on; `purpose` names who wanted it. */
export async function assertPortFree(port: number, purpose: string): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw portError(port, purpose, (error as NodeJS.ErrnoException).code);
  }
  server.close();
  await once(server, 'close');
}

export function portError(port: number, purpose: string, code: string | undefined): Error {
  if (code === 'EACCES') return new Error(`${purpose} may not listen on port ${port}: permission denied.`);
  return new Error(
    `Port ${port} is already in use: ${purpose} needs it. Stop that program or choose another PORT.`,
  );
}
