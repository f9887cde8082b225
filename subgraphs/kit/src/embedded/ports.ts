import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A TCP port of 127.0.0.1 nobody listens on at this moment. It is below those that the system gives to whoever asks for
 * any: nobody else gets it by chance before it is used, or while the server that has it is started again.
 */
export async function findFreePort(): Promise<number> {
  for (let triesLeft = 100; ; triesLeft -= 1) {
    const port = randomInt(23_000, 32_000);
    try {
      await assertPortFree(port, 'A server');
      return port;
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
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
