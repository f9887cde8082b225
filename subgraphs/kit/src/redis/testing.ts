import { findFreePort, startRedis, type EmbeddedRedis } from '../embedded/index.js';
import { createLogger } from '../logger.js';
import { connectRedis, type RedisConnection } from './connect.js';

/** What `work` comes to if it waits for nothing, neither a timer nor an answer; else `later`. */
export const atOnce = <T>(work: Promise<T>): Promise<T | 'later'> =>
  Promise.race([work, new Promise<'later'>((resolve) => setImmediate(resolve, 'later'))]);

/** A Redis of its own for a test file, that can be stopped and started again (empty), and connections to it. */
export async function createTestRedis() {
  const port = await findFreePort();
  const connections: RedisConnection[] = [];
  let server: EmbeddedRedis | undefined = await startRedis({ port });

  const status = (connection: RedisConnection, wanted: 'ready' | 'away') =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (connection.status() !== wanted) return;
        clearInterval(timer);
        resolve();
      };
      const timer = setInterval(check, 10);
      check();
    });

  return {
    connect(level = 'silent'): RedisConnection {
      const log = createLogger({ name: 'test', level });
      const url = `redis://127.0.0.1:${port}`;
      // A busy machine answers late; what is late here has no meaning.
      const connection = connectRedis({ url, log, name: 'test', commandTimeoutMs: 20_000 });
      connections.push(connection);
      return connection;
    },
    /** Resolves when every connection has noticed. */
    async stop() {
      await server?.stop();
      server = undefined;
      await Promise.all(connections.map((connection) => status(connection, 'away')));
    },
    async start() {
      server = await startRedis({ port });
      await Promise.all(connections.map((connection) => status(connection, 'ready')));
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.stop()));
      await server?.stop();
    },
  };
}

export type TestRedis = Awaited<ReturnType<typeof createTestRedis>>;
