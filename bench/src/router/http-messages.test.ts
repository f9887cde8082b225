import { describe, expect, it } from '@jest/globals';
import { createMessageReader } from './http-messages.js';

/** What is read of a connection whose bytes arrive in pieces of a size. */
function readInPieces(text: string, size: number) {
  const messages: { start: string; body: string }[] = [];
  let ended = 0;
  const read = createMessageReader({
    head: (head) => messages.push({ start: head.split('\r\n')[0]!, body: '' }),
    body: (bytes) => (messages.at(-1)!.body += bytes.toString()),
    end: () => ended++,
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  return { messages, ended };
}

const connection =
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
  'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' +
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx: y\r\n\r\n6\r\n world\r\nA;q=1\r\n0123456789\r\n0\r\n\r\n' +
  'POST / HTTP/1.1\r\nhost: x\r\ncontent-length:2\r\n\r\n{}';

describe('messages of a connection', () => {
  it.each([1, 2, 3, 7, 20, 1_000])('are read whole when they arrive in pieces of %s', (size) => {
    expect(readInPieces(connection, size)).toEqual({
      messages: [
        { start: 'HTTP/1.1 200 OK', body: 'hello' },
        { start: 'HTTP/1.1 200 OK', body: '' },
        { start: 'HTTP/1.1 200 OK', body: ' world0123456789' },
        { start: 'POST / HTTP/1.1', body: '{}' },
      ],
      ended: 4,
    });
  });

  it('do not end before their last byte is there', () => {
    expect(readInPieces(connection.slice(0, -1), 10).ended).toBe(3);
  });

  it('are refused without a length', () => {
    expect(() => readInPieces('HTTP/1.1 200 OK\r\n\r\n', 100)).toThrow('A message without a length');
  });
});
