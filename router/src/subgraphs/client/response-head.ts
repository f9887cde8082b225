/** What of a response's head decides how the body is read and understood (RFC 9112). */
export interface ResponseHead {
  readonly status: number;
  /** Of the body, in bytes; absent when it is chunked, or ends where the connection ends. */
  readonly length?: number;
  readonly isChunked: boolean;
  /** Whether the connection may carry another request. */
  readonly isPersistent: boolean;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly retryAfter?: string;
}

/** The other side does not speak HTTP/1.1 as we do: its connection cannot be trusted any further. */
export class Malformed extends Error {}

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const headerLine = /^[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads a head, given without its final empty line. Strict where leniency makes two readers see two different messages:
 * folded lines, bare line feeds, repeated or contradicting lengths, other codings than `chunked`.
 *
 * @throws Malformed
 */
export function readHead(head: string): ResponseHead {
  const [first = '', ...lines] = head.split('\r\n');
  const [, minor, digits] = statusLine.exec(first) ?? [];
  if (digits === undefined) throw new Malformed('bad status line');
  const fields: Fields = {};
  for (const line of lines) {
    if (!headerLine.test(line)) throw new Malformed('bad header line');
    const colon = line.indexOf(':');
    keep(fields, line.slice(0, colon).toLowerCase(), trimmed(line, colon + 1));
  }
  const status = Number(digits);
  if (fields.coding !== undefined) {
    if (fields.length !== undefined) throw new Malformed('both a length and a transfer coding');
    if (fields.coding.toLowerCase() !== 'chunked' || minor === '0')
      throw new Malformed('bad transfer coding');
  }
  const isEmpty = status < 200 || status === 204 || status === 304;
  const length = isEmpty ? 0 : fields.length;
  const isChunked = !isEmpty && fields.coding !== undefined;
  return {
    status,
    isChunked,
    isPersistent: minor === '1' && !fields.isClosing && (isChunked || length !== undefined),
    ...fields.text,
    ...(length !== undefined && { length }),
  };
}

interface Fields {
  length?: number;
  coding?: string;
  isClosing?: boolean;
  text?: { contentType?: string; contentEncoding?: string; retryAfter?: string };
}

function keep(fields: Fields, name: string, value: string): void {
  switch (name) {
    case 'content-length':
      if (!/^\d{1,15}$/.test(value)) throw new Malformed('bad length');
      if (fields.length !== undefined) throw new Malformed('more than one length');
      fields.length = Number(value);
      break;
    case 'transfer-encoding':
      if (fields.coding !== undefined) throw new Malformed('more than one transfer coding');
      fields.coding = value;
      break;
    case 'connection':
      fields.isClosing ||= /\bclose\b/i.test(value);
      break;
    case 'content-type':
      (fields.text ??= {}).contentType = value;
      break;
    case 'content-encoding':
      (fields.text ??= {}).contentEncoding = value;
      break;
    case 'retry-after':
      (fields.text ??= {}).retryAfter = value;
  }
}

/** Without the spaces and tabs around it. `trim` would take more than HTTP allows. */
function trimmed(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
