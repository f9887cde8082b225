import { createHash } from 'node:crypto';
import { s3Error } from './errors.js';
import type { VerifiedSignature } from './signature.js';
import { isSame, sha256, sign } from './signature.js';

const maxLineBytes = 8 * 1024;

/**
 * Decodes the aws-chunked content encoding as it streams and hands the trailers over at the end. With a `seed`
 * each chunk must carry its signature, chained to the request's own.
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* decodeAwsChunks(
  body: AsyncIterable<Buffer>,
  options: { seed?: VerifiedSignature; onTrailers(trailers: Map<string, string>): void },
): AsyncGenerator<Buffer> {
  const reader = createByteReader(body);
  const chain = options.seed && createChunkChain(options.seed);
  try {
    yield* decodeChunks(reader, chain);
    options.onTrailers(await readTrailers(reader));
  } finally {
    await reader.close();
  }
}

async function* decodeChunks(reader: ByteReader, chain: ChunkChain | undefined): AsyncGenerator<Buffer> {
  for (;;) {
    const parts = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(await reader.line());
    if (!parts) throw s3Error('IncompleteBody', 'A chunk of the aws-chunked body has no readable size.');
    const size = Number.parseInt(parts[1] ?? '', 16);
    const hash = createHash('sha256');
    for (let left = size; left > 0;) {
      const piece = await reader.take(left);
      left -= piece.length;
      if (chain) hash.update(piece);
      yield piece;
    }
    chain?.(hash.digest('hex'), parts[2] ?? '');
    if (size === 0) return;
    if ((await reader.line()) !== '') throw s3Error('IncompleteBody', 'A chunk is longer than it says.');
  }
}

type ChunkChain = ReturnType<typeof createChunkChain>;

function createChunkChain(seed: VerifiedSignature) {
  let previous = seed.signature;
  return (chunkHash: string, signature: string) => {
    const head = ['AWS4-HMAC-SHA256-PAYLOAD', seed.timestamp, seed.scope.text, previous];
    const expected = sign(seed.scope, [...head, sha256(''), chunkHash].join('\n'));
    if (!isSame(expected, signature))
      throw s3Error('SignatureDoesNotMatch', 'A chunk signature does not match.');
    previous = signature;
  };
}

async function readTrailers(reader: ByteReader): Promise<Map<string, string>> {
  const trailers = new Map<string, string>();
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    if (colon < 1 || trailers.size >= 20) throw s3Error('IncompleteBody', 'The trailers are malformed.');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return trailers;
}

type ByteReader = ReturnType<typeof createByteReader>;

function createByteReader(body: AsyncIterable<Buffer>) {
  const source = body[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<void> {
    const next = await source.next();
    if (next.done) throw s3Error('IncompleteBody', 'The body ended before its last chunk.');
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  }

  async function line(): Promise<string> {
    let end = held.indexOf('\r\n');
    for (; end < 0; end = held.indexOf('\r\n')) {
      if (held.length > maxLineBytes) throw s3Error('IncompleteBody', 'A chunk header is too long.');
      await more();
    }
    const text = held.toString('latin1', 0, end);
    held = held.subarray(end + 2);
    return text;
  }

  /** At least one byte and at most `limit`. */
  async function take(limit: number): Promise<Buffer> {
    while (held.length === 0) await more();
    const piece = held.subarray(0, limit);
    held = held.subarray(piece.length);
    return piece;
  }

  async function close(): Promise<void> {
    await source.return?.();
  }

  return { line, take, close };
}
