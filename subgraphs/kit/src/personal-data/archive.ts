import { Readable } from 'node:stream';
import type { PrivateStore } from '../storage/index.js';

/** The part of one subgraph in a person's export. Names of files are relative to it and may have folders. */
export interface Archive {
  /** A file `<name>.json`: a JSON array with a record a line. Written as it is read, of any length. */
  records(name: string, rows: Iterable<unknown> | AsyncIterable<unknown>): Promise<void>;
  /** A file as it is, such as a photo. */
  file(name: string, content: { body: Uint8Array | Readable; contentType: string }): Promise<void>;
}

export interface CountedArchive extends Archive {
  /** Records by the name of their file, and `files`. */
  readonly counts: Record<string, number>;
}

export function createArchive(store: Pick<PrivateStore, 'put'>, folder: string): CountedArchive {
  const counts: Record<string, number> = {};
  return {
    counts,
    records: async (name, rows) => {
      counts[name] = 0;
      const body = Readable.from(
        jsonOf(rows, () => (counts[name]! += 1)),
        { objectMode: false },
      );
      await store.put(`${folder}${name}.json`, { body, contentType: 'application/json' });
    },
    file: async (name, content) => {
      await store.put(folder + name, content);
      counts['files'] = (counts['files'] ?? 0) + 1;
    },
  };
}

const bufferedCharacters = 65_536;

async function* jsonOf(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  onRecord: () => void,
): AsyncGenerator<Buffer> {
  let text = '[';
  let separator = '\n';
  for await (const row of rows) {
    onRecord();
    text += separator + JSON.stringify(row, plain);
    separator = ',\n';
    if (text.length < bufferedCharacters) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}\n]\n`);
}

/** Amounts and counters beyond a double, as the API writes them. */
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

const pageSize = 500;

/** All rows of a query, a page at a time, each read on from the last row of the one before. */
export async function* inPages<Row>(
  read: (after: Row | undefined, take: number) => PromiseLike<Row[]>,
): AsyncGenerator<Row> {
  let rows: Row[] = [];
  do {
    rows = await read(rows.at(-1), pageSize);
    yield* rows;
  } while (rows.length === pageSize);
}
