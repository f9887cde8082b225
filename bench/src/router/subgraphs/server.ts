import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { createMessageReader } from '../http-messages.js';
import { createShop } from './data.js';
import { createExecutor, type Request } from './executor.js';
import { createModels } from './models.js';
import { subgraphNames, typeDefs, type SubgraphName } from './schemas.js';

export interface RunningSubgraphs {
  readonly urls: Readonly<Record<SubgraphName, string>>;
  /** How many requests they have answered. */
  answered(): number;
  stop(): Promise<void>;
}

/**
 * The four subgraphs, each at a port of its own. They speak plain HTTP/1.1 on bare sockets, because they and the load
 * generator share what cores the router under test leaves them.
 */
export async function startSubgraphs({ changing }: { changing: boolean }): Promise<RunningSubgraphs> {
  const models = createModels(createShop());
  const sockets = new Set<Socket>();
  let count = 0;
  const servers = await Promise.all(
    subgraphNames.map(async (name) => {
      const execute = createExecutor(typeDefs[name], models[name]);
      const answer = (body: string, authorization: string | undefined) => {
        count++;
        return execute(JSON.parse(body) as Request, { authorization, tick: changing ? count : 0 });
      };
      const server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket.on('close', () => sockets.delete(socket)));
        serve(socket, answer);
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return { name, server };
    }),
  );
  const url = ({ port }: AddressInfo) => `http://127.0.0.1:${port}/graphql`;
  const urls = servers.map(({ name, server }) => [name, url(server.address() as AddressInfo)] as const);
  return {
    urls: Object.fromEntries(urls) as RunningSubgraphs['urls'],
    answered: () => count,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map(({ server }) => once(server.close(), 'close')));
    },
  };
}

const okHead = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

function serve(socket: Socket, answer: (body: string, authorization?: string) => Buffer): void {
  let authorization: string | undefined;
  let parts: Buffer[] = [];
  const read = createMessageReader({
    head: (text) => {
      authorization = /\r\nauthorization: *(.*)\r\n/i.exec(text)?.[1];
      parts = [];
    },
    body: (bytes) => void parts.push(Buffer.from(bytes)),
    end: () => {
      const body = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      const text = answer(body.toString(), authorization);
      socket.cork();
      socket.write(`${okHead}content-length: ${text.length}\r\n\r\n`, 'latin1');
      socket.write(text);
      socket.uncork();
    },
  });
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    try {
      read(bytes);
    } catch (error) {
      const text = JSON.stringify({ errors: [{ message: String(error) }] });
      const length = Buffer.byteLength(text);
      socket.end(`HTTP/1.1 400 Bad Request\r\ncontent-length: ${length}\r\n\r\n${text}`);
    }
  });
}
