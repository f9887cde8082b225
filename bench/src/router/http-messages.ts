/**
 * What is told of each message of a connection, in this order; `body` never or several times. Its bytes may be
 * overwritten as soon as it has returned.
 */
export interface MessageListener {
  /** Start line and headers, each ended by CRLF. */
  head(text: string): void;
  body(bytes: Buffer): void;
  end(): void;
}

const headEnd = '\r\n\r\n';
const nothing = Buffer.alloc(0);

/**
 * Reads HTTP/1.1 messages off a connection: the function takes what arrives, as it arrives, and keeps none of it but a
 * copy of what it could not read yet. Knows content-length and
 * chunked bodies, no trailers and no interim answers; it throws on what it does not know.
 */
export function createMessageReader(listener: MessageListener): (bytes: Buffer) => void {
  let rest: Buffer = nothing;
  let state: 'head' | 'body' | 'size' | 'chunk' | 'gap' | 'last' = 'head';
  /** Bytes of the body or chunk that are still to come. */
  let missing = 0;

  function finish(): void {
    state = 'head';
    listener.end();
  }

  /** The bytes up to a mark, which is skipped; undefined until all of it is there. */
  function takeUntil(mark: string): string | undefined {
    const end = rest.indexOf(mark);
    if (end < 0) return undefined;
    const text = rest.toString('latin1', 0, end);
    rest = rest.subarray(end + mark.length);
    return text;
  }

  function readHead(): boolean {
    const head = takeUntil(headEnd);
    if (head === undefined) return false;
    const lines = `${head}\r\n`;
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(lines);
    if (!length && !/\r\ntransfer-encoding: *chunked\r\n/i.test(lines)) {
      throw new Error(`A message without a length: ${lines.slice(0, 300)}`);
    }
    missing = Number(length?.[1] ?? 0);
    state = length ? 'body' : 'size';
    listener.head(lines);
    if (length && missing === 0) finish();
    return true;
  }

  function readBody(): boolean {
    if (rest.length === 0) return false;
    const part = rest.length <= missing ? rest : rest.subarray(0, missing);
    rest = rest.subarray(part.length);
    missing -= part.length;
    listener.body(part);
    if (missing > 0) return false;
    if (state === 'body') finish();
    else state = 'gap';
    return true;
  }

  function readSize(): boolean {
    const line = takeUntil('\r\n');
    if (line === undefined) return false;
    missing = Number.parseInt(line, 16);
    if (Number.isNaN(missing)) throw new Error(`A chunk without a size: ${line.slice(0, 100)}`);
    state = missing === 0 ? 'last' : 'chunk';
    return true;
  }

  function readGap(): boolean {
    if (takeUntil('\r\n') === undefined) return false;
    if (state === 'last') finish();
    else state = 'size';
    return true;
  }

  const steps = {
    head: readHead,
    body: readBody,
    size: readSize,
    chunk: readBody,
    gap: readGap,
    last: readGap,
  };
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (steps[state]());
    rest = rest.length === 0 ? nothing : Buffer.from(rest);
  };
}
