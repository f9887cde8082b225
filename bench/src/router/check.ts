import { spread } from './subgraphs/data.js';

/** Follows one connection's answers. Each function throws an Error of one line when the answer is wrong. */
export interface Check {
  /** Another request goes out, for this visitor. */
  begin(visitor: string | undefined): void;
  head(text: string): void;
  body(bytes: Buffer): void;
  end(): void;
}

const expectOk = (head: string) => {
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`Wrong answer: ${head.slice(0, 200)}`);
};

const wrong = (what: string, bytes: string) =>
  new Error(`Wrong answer, ${what}: ...${bytes.slice(0, 160).replaceAll('\n', ' ')}`);

/**
 * While data stands still: compares every byte as it arrives. `expected` is an answer that was found right; where it
 * names `visitor`, each answer must name whom it is for, who has a name of the same length.
 */
export function createByteCheck(expected: string, visitor: string | undefined): Check {
  const bytes = Buffer.from(expected);
  const nameAt = visitor === undefined ? -1 : bytes.indexOf(JSON.stringify(visitor)) + 1;
  let at = 0;
  return {
    begin: (next) => {
      at = 0;
      if (nameAt > 0 && next) bytes.write(next, nameAt, 'latin1');
    },
    head: expectOk,
    body: (part) => {
      if (
        at + part.length > bytes.length ||
        bytes.compare(part, 0, part.length, at, at + part.length) !== 0
      ) {
        throw wrong(`at byte ${at} or later`, part.toString());
      }
      at += part.length;
    },
    end: () => {
      if (at !== bytes.length) throw wrong(`${at} bytes of ${bytes.length}`, '');
    },
  };
}

/**
 * While data changes: parses every `every`th answer and compares it with `reference`, an answer from before anything
 * changed; of the others it only counts the bytes.
 */
export function createChangingCheck(reference: unknown, every: number): Check {
  const size = JSON.stringify(reference).length;
  let count = 0;
  let parts: Buffer[] = [];
  let length = 0;
  let visitor: string | undefined;
  return {
    begin: (next) => {
      visitor = next;
      parts = [];
      length = 0;
      count++;
    },
    head: expectOk,
    body: (bytes) => {
      length += bytes.length;
      if (count % every === 0) parts.push(Buffer.from(bytes));
    },
    end: () => {
      if (Math.abs(length - size) > size / 10) throw wrong(`${length} bytes of about ${size}`, '');
      if (parts.length === 0) return;
      const text = Buffer.concat(parts).toString();
      const difference = compare(reference, JSON.parse(text), { visitor });
      if (difference) throw wrong(difference, text);
    },
  };
}

export interface Allowed {
  /** Whom the answer must be for. */
  readonly visitor: string | undefined;
}

/** How far these may lie above the reference when data changes. */
const spreads: Readonly<Record<string, number>> = {
  price: spread,
  stock: spread,
  karma: spread,
  likes: spread,
  shippingEstimate: Math.ceil(spread / 8),
};

/** Where an answer differs from the reference more than changing data can explain; undefined when nowhere. */
export function compare(
  reference: unknown,
  answer: unknown,
  { visitor }: Allowed,
  path = 'answer',
): string | undefined {
  const key = path.slice(path.lastIndexOf('.') + 1);
  if (key === 'viewer') return answer === (visitor ?? null) ? undefined : `${path} is for another visitor`;
  const isClose = key in spreads && typeof answer === 'number' && typeof reference === 'number';
  if (isClose && answer >= reference && answer <= reference + spreads[key]!) return undefined;
  if (typeof reference !== 'object' || reference === null) {
    return reference === answer ? undefined : `${path} is ${JSON.stringify(answer)?.slice(0, 80)}`;
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer) !== Array.isArray(reference)) {
    return `${path} is ${JSON.stringify(answer)?.slice(0, 80)}`;
  }
  const keys = Object.keys(reference);
  if (Object.keys(answer).length !== keys.length) return `${path} has other fields`;
  for (const name of keys) {
    const difference = compare(
      (reference as Record<string, unknown>)[name],
      (answer as Record<string, unknown>)[name],
      { visitor },
      `${path}.${name}`,
    );
    if (difference) return difference;
  }
  return undefined;
}
