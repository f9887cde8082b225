import type { RawAnswer } from './client.js';
import { createChunkedBody, createOpenBody, createSizedBody, TooLarge, type Body } from './body.js';
import { Malformed, readHead, type ResponseHead } from './response-head.js';

/** What came of the bytes given so far. */
export type Parsed =
  | { readonly kind: 'answer'; readonly raw: RawAnswer; readonly isPersistent: boolean }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'too large' };

export interface ResponseParser {
  /** The next bytes of the connection; they may be overwritten once it has returned. Undefined: more are needed. */
  push(bytes: Buffer): Parsed | undefined;
  /** The other side has finished sending, without a fault. */
  end(): Parsed;
}

const maxHeadBytes = 16_384;
const headEnd = '\r\n\r\n';

/**
 * Reads the responses of one connection, one at a time, from bytes cut anywhere. After anything but an answer it is of no
 * further use, and neither is the connection.
 */
export function createResponseParser({ maxBytes }: { maxBytes: number }): ResponseParser {
  let unread: Buffer | undefined;
  let head: ResponseHead | undefined;
  let body: Body | undefined;

  function advance(given: Buffer): Parsed | undefined {
    let bytes = given;
    let at = 0;
    while (head === undefined) {
      if (unread !== undefined) bytes = Buffer.concat([unread, bytes.subarray(at)]);
      else if (at > 0) bytes = bytes.subarray(at);
      const end = bytes.indexOf(headEnd);
      if ((end < 0 ? bytes.length : end) > maxHeadBytes) throw new Malformed('endless head');
      unread = end < 0 ? Buffer.from(bytes) : undefined;
      if (end < 0) return undefined;
      at = end + headEnd.length;
      head = afterInterim(readHead(bytes.toString('latin1', 0, end)));
    }
    if (body === undefined && head.length !== undefined) {
      if (head.length > maxBytes) throw new TooLarge();
      const end = at + head.length;
      if (end === bytes.length) return finish(bytes.subarray(at, end));
    }
    body ??= createBody(head, maxBytes);
    const taken = body.take(bytes, at);
    if (taken < bytes.length) throw new Malformed('bytes after the answer');
    return body.isComplete() ? finish(body.content()) : undefined;
  }

  function finish(content: Buffer): Parsed {
    const { status, contentType, contentEncoding, retryAfter, isPersistent } = head!;
    head = body = undefined;
    return {
      kind: 'answer',
      raw: { status, contentType, contentEncoding, retryAfter, body: content },
      isPersistent,
    };
  }

  return {
    push: (bytes) => guarded(() => advance(bytes)),
    end() {
      const isOpenEnded = head !== undefined && !head.isChunked && head.length === undefined;
      if (!isOpenEnded) return { kind: 'malformed', reason: 'truncated' };
      return finish(body?.content() ?? Buffer.alloc(0));
    },
  };
}

/** 1xx answers announce another one; we never ask to switch protocols. */
function afterInterim(head: ResponseHead): ResponseHead | undefined {
  if (head.status === 101) throw new Malformed('switched protocols');
  return head.status < 200 ? undefined : head;
}

function createBody(head: ResponseHead, maxBytes: number): Body {
  if (head.isChunked) return createChunkedBody(maxBytes);
  return head.length === undefined ? createOpenBody(maxBytes) : createSizedBody(head.length);
}

function guarded(advance: () => Parsed | undefined): Parsed | undefined {
  try {
    return advance();
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'too large' };
    if (error instanceof Malformed) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}
