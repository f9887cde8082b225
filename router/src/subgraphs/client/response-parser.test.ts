import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createResponseParser, type Parsed } from './response-parser.js';

const maxBytes = 1_000;

/** What comes of the bytes, given in pieces of these lengths and then, over and over, of the last. */
function parse(
  bytes: Buffer,
  cuts: readonly number[] = [bytes.length],
  isEnded = false,
): (Parsed | undefined)[] {
  const parser = createResponseParser({ maxBytes });
  const parsed: (Parsed | undefined)[] = [];
  // As with the client: one buffer that every read overwrites.
  const readBuffer = Buffer.alloc(bytes.length);
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const length = Math.max(1, cuts[Math.min(piece, cuts.length - 1)] ?? 1);
    const copied = bytes.copy(readBuffer, 0, at, at + length);
    at += copied;
    const result = parser.push(readBuffer.subarray(0, copied));
    if (result?.kind === 'answer')
      parsed.push({ ...result, raw: { ...result.raw, body: Buffer.from(result.raw.body) } });
    else if (result !== undefined) return [...parsed, result];
  }
  return isEnded ? [...parsed, parser.end()] : parsed;
}

const text = (parsed: Parsed | undefined) =>
  parsed?.kind === 'answer' ? parsed.raw.body.toString() : parsed;
const bytesOf = (message: string) => Buffer.from(message, 'latin1');
const one = (message: string, isEnded = false) => parse(bytesOf(message), undefined, isEnded)[0];

describe('a response', () => {
  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', true],
    ['without a reason', 'HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello', true],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n',
      true,
    ],
    [
      'with trailers',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\na: b\r\nc: d\r\n\r\n',
      true,
    ],
    [
      'after an early hint',
      'HTTP/1.1 103 -\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
      true,
    ],
    ['that closes', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello', false],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello', false],
  ])('%s is read, however it is cut', (_name, message, isPersistent) => {
    const bytes = bytesOf(message);
    for (let length = 1; length <= bytes.length; length++) {
      const parsed = parse(bytes, [length]);
      expect(parsed.map(text)).toEqual(['hello']);
      expect(parsed[0]).toMatchObject({ isPersistent, raw: { status: 200 } });
    }
  });

  it('that ends with the connection is read to the end', () => {
    const parsed = one('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\nhello', true);
    expect(text(parsed)).toBe('hello');
    expect(parsed).toMatchObject({ isPersistent: false, raw: { contentType: 'application/json' } });
  });

  it('tells what it has to tell', () => {
    const head =
      'HTTP/1.1 503 -\r\nretry-after: \t 7 \r\nCONTENT-ENCODING: gzip\r\ncontent-type: a/b\r\ncontent-length: 0\r\n\r\n';
    expect(one(head)).toMatchObject({
      raw: {
        status: 503,
        retryAfter: '7',
        contentEncoding: 'gzip',
        contentType: 'a/b',
        body: Buffer.alloc(0),
      },
    });
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['bare line feeds', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n\r\n\r\n'],
    ['a bare carriage return', 'HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\nhello'],
    ['a zero byte', 'HTTP/1.1 200 OK\r\na: b\0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello'],
    ['a hexadecimal length', 'HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\nhello'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['another transfer coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    [
      'two transfer codings',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    [
      'a chunk size that is none',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n',
    ],
    [
      'a chunk longer than its size',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n',
    ],
    [
      'a chunk size that ends in a line feed',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n',
    ],
    ['bytes after the body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello!'],
    [
      'bytes after the last chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n',
    ],
    ['another protocol to switch to', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\na: ${'x'.repeat(20_000)}`],
    [
      'an endless line of a chunk',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;${'x'.repeat(20_000)}`,
    ],
    [
      'endless trailers',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(5_000)}`,
    ],
  ])('with %s is refused, however it is cut', (_name, message) => {
    const bytes = bytesOf(message);
    for (const cut of [bytes.length, 1_000, 7])
      expect(parse(bytes, [cut]).map((parsed) => parsed?.kind)).toEqual(['malformed']);
  });

  it.each([
    ['in its head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel'],
    ['before the last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('that breaks off %s is truncated', (_name, message) => {
    expect(one(message, true)).toEqual({ kind: 'malformed', reason: 'truncated' });
  });

  it.each([
    ['announces', 'HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n'],
    ['sends in chunks', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3E9\r\n${'x'.repeat(1_001)}`],
    ['sends without end', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_001)}`],
  ])('that %s more than is allowed is cut off', (_name, message) => {
    expect(one(message)).toEqual({ kind: 'too large' });
  });
});

const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const chunked = fc
  .tuple(body, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }))
  .map(([content, sizes]) => {
    const pieces: Buffer[] = [];
    for (let at = 0, piece = 0; at < content.length; piece++) {
      const part = content.subarray(at, at + sizes[piece % sizes.length]!);
      pieces.push(bytesOf(`${part.length.toString(16)}\r\n`), part, bytesOf('\r\n'));
      at += part.length;
    }
    const head = bytesOf('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    return { content, message: Buffer.concat([head, ...pieces, bytesOf('0\r\n\r\n')]) };
  });
const sized = body.map((content) => ({
  content,
  message: Buffer.concat([
    bytesOf(`HTTP/1.1 200 OK\r\nx: y\r\ncontent-length: ${content.length}\r\n\r\n`),
    content,
  ]),
}));
const response = fc.oneof(chunked, sized);
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });

describe('any response', () => {
  it('is read the same wherever it is cut, one after the other on one connection', () => {
    fc.assert(
      fc.property(fc.array(response, { minLength: 1, maxLength: 4 }), cuts, (responses, lengths) => {
        const parser = createResponseParser({ maxBytes });
        for (const { content, message } of responses) {
          let answered: Parsed | undefined;
          for (let at = 0, piece = 0; at < message.length; piece++) {
            expect(answered).toBeUndefined();
            const end = Math.min(message.length, at + lengths[piece % lengths.length]!);
            answered = parser.push(message.subarray(at, end));
            at = end;
          }
          expect(answered).toMatchObject({ kind: 'answer', isPersistent: true });
          expect(answered?.kind === 'answer' && answered.raw.body.equals(content)).toBe(true);
        }
      }),
    );
  });

  it('with damaged bytes is refused or read, but nothing is ever thrown, and nothing read twice', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(response, damage, cuts, ({ message }, places, lengths) => {
        const damaged = Buffer.from(message);
        for (const [place, byte] of places) damaged[place % damaged.length] = byte;
        const whole = parse(damaged, undefined, true).map(comparable);
        expect(whole.filter((kind) => kind?.startsWith('answer')).length).toBeLessThanOrEqual(1);
        // A cut may show an answer before the bytes after it; those then refuse the connection.
        const cut = parse(damaged, lengths, true).map(comparable);
        const isRead = whole[0]?.startsWith('answer') === true;
        expect(isRead ? cut[0] : undefined).toBe(isRead ? whole[0] : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('of any bytes at all throws nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, lengths) => {
        const parsed = parse(Buffer.from(bytes), lengths, true);
        expect(parsed.length).toBeGreaterThan(0);
      }),
    );
  });
});

const comparable = (parsed: Parsed | undefined) =>
  parsed?.kind === 'answer'
    ? `answer ${parsed.raw.status} ${parsed.raw.body.toString('latin1')}`
    : parsed?.kind;
