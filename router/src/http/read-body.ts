import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { RequestRefused } from '../access/refused.js';

/** By what clients write: a Map, because an object knows names of its own (`constructor`). */
const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * The body as text. Rejects with RequestRefused: 413 as soon as it is over `limit` bytes (after decompression), 415
 * for an encoding nobody knows, 400 when it breaks off.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return collect(request, limit);
  const decoder = decoders.get(encoding.toLowerCase())?.();
  if (decoder === undefined) throw refused(415, 'The content encoding is not supported.');
  request.on('error', (error) => decoder.destroy(error));
  request.on('aborted', () => decoder.destroy());
  return collect(request.pipe(decoder), limit).finally(() => decoder.destroy());
}

function collect(stream: IncomingMessage | Transform, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        stream.removeAllListeners('data');
        stream.pause();
        return reject(tooLarge());
      }
      if (first === undefined) first = chunk;
      else (more ??= [first]).push(chunk);
    });
    stream.once('end', () => {
      resolve((more === undefined ? (first ?? nothing) : Buffer.concat(more)).toString());
    });
    stream.once('error', () => reject(refused(400, 'The request body cannot be read.')));
    stream.once('close', () => {
      if (!stream.readableEnded) reject(refused(400, 'The request body broke off.'));
    });
  });
}

const nothing = Buffer.alloc(0);

const refused = (status: number, message: string) =>
  new RequestRefused({ status, code: 'BAD_REQUEST', message });

const tooLarge = () => refused(413, 'The request body is too large.');
