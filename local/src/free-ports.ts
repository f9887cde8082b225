import { createServer, type Server } from 'node:net';
import { portsFrom } from './settings.js';

/**
 * The first of a row of neighbouring free ports, long enough for a whole machine and one more. The row ends with a port
 * that stays taken for as long as this process lives: whoever looks for one until all is started finds another.
 */
export async function findFreeRow(): Promise<number> {
  const offsets = Object.values(portsFrom(0));
  const length = Math.max(...offsets) + 3;
  for (let attempt = 0; attempt < 50; attempt++) {
    // Below the ports that outgoing connections are given.
    const first = 12_000 + Math.floor(Math.random() * 500) * length;
    const servers = await Promise.all(Array.from({ length }, (_, offset) => hold(first + offset)));
    const isFree = servers.every(Boolean);
    if (isFree) servers.pop()!.unref();
    for (const server of servers) if (server) await new Promise((done) => server.close(done));
    if (isFree) return first;
  }
  throw new Error('Found no row of free ports.');
}

const hold = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
