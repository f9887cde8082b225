import type { ServerResponse } from 'node:http';

/** One answer, complete. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Text that one client gets, or the bytes that several get. */
  readonly body: string | Buffer;
  /** Whether `body` holds ASCII only: it is then its own latin1, and written without being encoded. */
  readonly isAscii: boolean;
  /** Names and values by turns. */
  readonly headers: readonly string[];
}

/** Writes the answer at once: one header block from an array, which Node does not look through again, and one text. */
export function respond(
  response: ServerResponse,
  { status, contentType, body, isAscii, headers }: Answer,
): void {
  // Somebody else ended it, or the client is gone.
  if (response.headersSent || response.destroyed) return;
  const length = isAscii || typeof body !== 'string' ? body.length : Buffer.byteLength(body);
  response.writeHead(status, [...headers, 'content-type', contentType, 'content-length', String(length)]);
  if (typeof body === 'string') response.end(body, isAscii ? 'latin1' : 'utf8');
  else response.end(body);
}
