import { createServer, type Server } from 'node:net';
import { portsFrom } from './settings.js';

/** The first of a row of neighbouring free ports, long enough for a whole machine and one more (the last). */
export async function findFreeRow(): Promise<number> {
  const offsets = Object.values(portsFrom(0));
  const length = Math.max(...offsets) + 2;
  for (let attempt = 0; attempt < 50; attempt++) {
    // Below the ports that outgoing connections are given.
    const first = 12_000 + Math.floor(Math.random() * 500) * length;
    const servers = await Promise.all(Array.from({ length }, (_, offset) => hold(first + offset)));
    for (const server of servers) if (server) await new Promise((done) => server.close(done));
    if (servers.every(Boolean)) return first;
  }
  throw new Error('Found no row of free ports.');
}

const hold = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
