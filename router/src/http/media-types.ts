/** In which forms a client takes its answer. */
export interface Accepted {
  /** Content type of a single answer; undefined when the client takes none. */
  readonly contentType: string | undefined;
  /**
   * The client names `application/json` and not `application/graphql-response+json`: well-formed requests with a
   * faulty document are answered 200 (https://graphql.github.io/graphql-over-http/draft/#sec-application-json).
   */
  readonly isLegacy: boolean;
  /** The client names it: answers may come one after the other. */
  readonly stream: 'event-stream' | 'multipart' | undefined;
}

const json = 'application/json';
const graphqlResponse = 'application/graphql-response+json';
const streams: ReadonlyMap<string, 'event-stream' | 'multipart'> = new Map([
  ['text/event-stream', 'event-stream'],
  ['multipart/mixed', 'multipart'],
]);

/** Clients send few different headers, and attackers many. */
const mostRemembered = 1_000;

/** Reads Accept headers (RFC 9110, 12.5.1). Without one, or with a wildcard, the answer is `application/json`. */
export function createReadAccept(): (accept: string | undefined) => Accepted {
  const remembered = new Map<string, Accepted>();
  return (accept = '*/*') => {
    const known = remembered.get(accept);
    if (known !== undefined) return known;
    const read = readAccept(accept);
    if (remembered.size < mostRemembered) remembered.set(accept, read);
    return read;
  };
}

export function readAccept(accept: string): Accepted {
  const ranges = readRanges(accept);
  const offered = ranges.find(({ type }) => matches(type) !== undefined);
  const contentType = offered && matches(offered.type);
  const names = (type: string) => ranges.some((range) => range.type === type);
  const stream = ranges.map(({ type }) => streams.get(type)).find((found) => found !== undefined);
  return {
    contentType: contentType && `${contentType}; charset=utf-8`,
    isLegacy: names(json) && !names(graphqlResponse),
    stream,
  };
}

/** What we would answer for a media range. */
function matches(range: string): string | undefined {
  if (range === json || range === graphqlResponse) return range;
  return range === '*/*' || range === 'application/*' ? json : undefined;
}

/** Media ranges that the client takes, the dearest first; equal ones in the order they stand in. */
const readRanges = (accept: string) =>
  accept
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { type, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);

export interface ContentType {
  /** In lower case, without parameters. */
  readonly type: string;
  readonly charset: string | undefined;
}

export function readContentType(header: string): ContentType {
  const [type = '', ...parameters] = header.split(';').map((word) => word.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8);
  return { type, charset: charset?.replace(/^"(.*)"$/, '$1') };
}
