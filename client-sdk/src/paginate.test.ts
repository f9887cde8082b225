import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, EventsDocument, MessagesDocument, UnavailableError, type Client } from './index.js';
import { data, startServer, type TestServer } from './testing/start-server.js';

interface PageArguments {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
}

/** Pages of the items 1 to `total`; a cursor is the item's number. */
function pageOf(total: number, { first, after, last, before }: PageArguments) {
  const from = last ? Math.max(1, Number(before ?? total + 1) - last) : Number(after ?? 0) + 1;
  const to = last ? Number(before ?? total + 1) - 1 : Math.min(total, from + first! - 1);
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return {
    nodes: numbers.map((number) => ({ id: String(number) })),
    pageInfo: {
      startCursor: String(from),
      endCursor: String(to),
      hasNextPage: to < total,
      hasPreviousPage: from > 1,
    },
  };
}

let server: TestServer;
let client: Client;
beforeEach(async () => {
  server = await startServer({});
  client = createClient({ url: server.url, retry: { retries: 0 } });
});
afterEach(() => server.stop());

async function idsOf(items: AsyncIterable<{ id: string }>, limit = Infinity): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of items) {
    ids.push(id);
    if (ids.length === limit) break;
  }
  return ids;
}

describe('paginate', () => {
  const events = () => client.paginate(EventsDocument, { first: 2 }, ({ events }) => events);

  it('walks a list page by page', async () => {
    server.answers['Events'] = ({ variables }) => data({ events: pageOf(5, variables) });
    expect(await idsOf(events())).toEqual(['1', '2', '3', '4', '5']);
    expect(server.calls.map((call) => call.variables['after'])).toEqual([undefined, '2', '4']);
  });

  it('fetches no page before it is needed', async () => {
    server.answers['Events'] = ({ variables }) => data({ events: pageOf(5, variables) });
    expect(await idsOf(events(), 2)).toEqual(['1', '2']);
    expect(server.calls).toHaveLength(1);
  });

  it('walks backwards, newest first, with `last`', async () => {
    server.answers['Messages'] = ({ variables }) =>
      data({ conversation: { id: 'cnv_1', messages: pageOf(5, variables) } });
    const messages = client.paginate(
      MessagesDocument,
      { conversationId: 'cnv_1', last: 2 },
      ({ conversation }) => conversation?.messages,
    );
    expect(await idsOf(messages)).toEqual(['5', '4', '3', '2', '1']);
  });

  it('finds nothing where there is no list', async () => {
    server.answers['Messages'] = () => data({ conversation: null });
    const messages = client.paginate(
      MessagesDocument,
      { conversationId: 'cnv_1', first: 2 },
      ({ conversation }) => conversation?.messages,
    );
    expect(await idsOf(messages)).toEqual([]);
  });

  it('stops when the server repeats a cursor', async () => {
    server.answers['Events'] = () => data({ events: pageOf(5, { first: 2 }) });
    expect(await idsOf(events())).toEqual(['1', '2', '1', '2']);
  });

  it('throws where a page cannot be had', async () => {
    server.answers['Events'] = ({ variables }) =>
      variables['after'] === '2' ? 'cut' : data({ events: pageOf(5, variables) });
    await expect(idsOf(events())).rejects.toThrow(UnavailableError);
  });
});
