import { Malformed } from './response-head.js';

/** Collects a body that arrives in pieces. */
export interface Body {
  /** Takes what belongs to it, from `at`; says where that ends. @throws Malformed, TooLarge */
  take(bytes: Buffer, at: number): number;
  readonly isComplete: () => boolean;
  /** The body so far. */
  content(): Buffer;
}

/** The answer is longer than allowed. */
export class TooLarge extends Error {}

const lineFeed = 0x0a;
/** Longest chunk-size line with its extensions, and all trailers together: as generous as anybody needs. */
const maxLineBytes = 16_384;

export function createSizedBody(length: number): Body {
  const content = Buffer.allocUnsafe(length);
  let filled = 0;
  return {
    take(bytes, at) {
      const copied = bytes.copy(content, filled, at);
      filled += copied;
      return at + copied;
    },
    isComplete: () => filled === length,
    content: () => content,
  };
}

/** Ends where the connection ends. */
export function createOpenBody(maxBytes: number): Body {
  const pieces = createPieces(maxBytes);
  return {
    take(bytes, at) {
      pieces.add(bytes.subarray(at));
      return bytes.length;
    },
    isComplete: () => false,
    content: pieces.joined,
  };
}

/** RFC 9112, section 7.1. Extensions and trailers are read over. */
export function createChunkedBody(maxBytes: number): Body {
  const pieces = createPieces(maxBytes);
  let state: 'size' | 'data' | 'break' | 'trailer' | 'complete' = 'size';
  let left = 0;
  let line = '';
  let trailerBytes = 0;

  function onLine(): void {
    if (state === 'size') {
      const [, digits] = /^([\da-fA-F]{1,8})[ \t]*(?:;|$)/.exec(line) ?? [];
      if (digits === undefined) throw new Malformed('bad chunk size');
      left = parseInt(digits, 16);
      state = left === 0 ? 'trailer' : 'data';
    } else if (state === 'break') {
      if (line !== '') throw new Malformed('a chunk is longer than its size');
      state = 'size';
    } else if (line === '') {
      state = 'complete';
    } else {
      trailerBytes += line.length;
      if (trailerBytes > maxLineBytes) throw new Malformed('endless trailers');
    }
    line = '';
  }

  function takeLine(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(lineFeed, at);
    const end = found < 0 ? bytes.length : found;
    if (line.length + end - at > maxLineBytes) throw new Malformed('endless line');
    line += bytes.toString('latin1', at, end);
    if (found < 0) return end;
    if (line.indexOf('\r') !== line.length - 1) throw new Malformed('bad line break');
    line = line.slice(0, -1);
    onLine();
    return end + 1;
  }

  function takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + left);
    pieces.add(bytes.subarray(at, end));
    left -= end - at;
    if (left === 0) state = 'break';
    return end;
  }

  return {
    take(bytes, from) {
      let at = from;
      while (at < bytes.length && state !== 'complete')
        at = state === 'data' ? takeData(bytes, at) : takeLine(bytes, at);
      return at;
    },
    isComplete: () => state === 'complete',
    content: pieces.joined,
  };
}

function createPieces(maxBytes: number) {
  const pieces: Buffer[] = [];
  let length = 0;
  return {
    /** Copies: the bytes belong to a buffer that is read into again. */
    add(bytes: Buffer): void {
      length += bytes.length;
      if (length > maxBytes) throw new TooLarge();
      pieces.push(Buffer.from(bytes));
    },
    joined: () => (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length)),
  };
}
