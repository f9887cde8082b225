import { connect, type Socket } from 'node:net';
import type { Check } from './check.js';
import { createMessageReader } from './http-messages.js';

/** Whom a request is for; undefined sends no Authorization header. */
export type NextVisitor = () => string | undefined;

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly body: string;
  /** Of every further request another one. */
  readonly nextVisitor: NextVisitor;
  /** One for each connection. */
  readonly createCheck: () => Check;
  readonly signal: AbortSignal;
}

export interface Sample {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
}

/**
 * Sends requests for some seconds, each connection its next one as soon as it has its answer, on bare sockets: the load
 * generator must cost less than what it measures. Answers that come after the time has run out are checked and count
 * for the percentiles, not for the rate. Rejects on the first wrong answer and on a lost connection.
 */
export async function fire(load: Load): Promise<Sample> {
  const times: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + load.seconds * 1_000;
  let inTime = 0;
  const record = (sentAt: number): boolean => {
    const now = performance.now();
    times.push(now - sentAt);
    if (now < endsAt) inTime++;
    return now < endsAt && !load.signal.aborted;
  };
  const sockets: Socket[] = [];
  try {
    await Promise.all(Array.from({ length: load.connections }, () => converse(load, record, sockets)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  load.signal.throwIfAborted();
  times.sort((a, b) => a - b);
  return {
    rate: inTime / load.seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    answers: times.length,
  };
}

/** Of all connections: what has arrived is read before the next bytes do. An answer fits in. */
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/** One connection's requests, one after the other, until `record` says that it was the last. */
async function converse(load: Load, record: (sentAt: number) => boolean, sockets: Socket[]): Promise<void> {
  const check = load.createCheck();
  const length = Buffer.byteLength(load.body);
  const head = `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${load.port}\r\ncontent-type: application/json\r\naccept: application/json\r\ncontent-length: ${length}\r\n`;
  await new Promise<void>((resolve, reject) => {
    let sentAt = 0;
    const send = () => {
      const visitor = load.nextVisitor();
      check.begin(visitor);
      sentAt = performance.now();
      socket.write(`${head}${visitor ? `authorization: Bearer ${visitor}\r\n` : ''}\r\n${load.body}`);
    };
    const read = createMessageReader({
      head: (text) => check.head(text),
      body: (bytes) => check.body(bytes),
      end: () => {
        check.end();
        if (record(sentAt)) send();
        else resolve();
      },
    });
    const callback = (length: number, bytes: Uint8Array) => {
      try {
        read((bytes as Buffer).subarray(0, length));
      } catch (error) {
        socket.destroy(error as Error);
      }
      return true;
    };
    const { port } = load;
    const socket = connect({
      ...{ port, host: '127.0.0.1', noDelay: true },
      onread: { buffer: readBuffer, callback },
    });
    sockets.push(socket);
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The router closed a connection.')));
  });
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
