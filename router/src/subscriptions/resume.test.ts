import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExecutionResult } from 'graphql-ws';
import { startLiveRouter, type LiveRouter } from './testing/start-live-router.js';
import { until } from './testing/until.js';

const numbers = 'subscription ($after: String) { posts(after: $after) { cursor post { number } } }';
const nested = `subscription ($after: String) {
  posts(after: $after) { cursor post { number author { city { title } } } }
}`;

interface Told {
  readonly posts: { readonly cursor: string; readonly post: { readonly number: number } | null };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('subscriptions that lose somebody on the way', () => {
  let live: LiveRouter;
  beforeAll(async () => {
    live = await startLiveRouter();
  });
  afterAll(() => live.stop());

  /** Writes down what it is told, and comes back by itself with its last cursor when its connection is lost. */
  function reader(query = numbers) {
    const seen: (number | null)[] = [];
    const closed: number[] = [];
    let cursor: string | undefined;
    let isStopped = false;
    let failure: unknown;
    const client = live.connect({
      retryAttempts: 0,
      on: { closed: (event) => void closed.push((event as { code: number }).code) },
    });
    const run = async () => {
      // A router that starts on a busy machine is waited for, however long it takes.
      while (!isStopped) {
        try {
          const results = client.iterate<Told>({ query, variables: { after: cursor } });
          for await (const { data, errors } of results as AsyncIterable<ExecutionResult<Told>>) {
            if (errors) throw new Error(JSON.stringify(errors));
            cursor = data!.posts.cursor;
            seen.push(data!.posts.post?.number ?? null);
          }
          return;
        } catch (error) {
          if (Array.isArray(error)) failure = error;
          if (Array.isArray(error)) return;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const over = run();
    return {
      seen,
      closed,
      failure: () => failure,
      over,
      stop: async () => {
        isStopped = true;
        await client.dispose();
        await over;
      },
    };
  }

  /** A reader that stands where the feed does. */
  async function readerFromHere(query = numbers) {
    const reading = reader(query);
    await until(() => reading.seen.length === 1);
    expect(reading.seen.shift()).toBeNull();
    return { ...reading, from: live.feed.length() + 1 };
  }

  const hasAll = ({ seen }: { seen: unknown[] }, from: number) =>
    until(() => seen.length >= live.feed.length() - from + 1);

  it('miss nothing and repeat nothing when the subgraph is killed and started again', async () => {
    const [plain, deep] = [await readerFromHere(), await readerFromHere(nested)];
    live.feed.add(3);
    await hasAll(plain, plain.from);
    await live.subgraphs.feed.kill();
    live.feed.add(5);
    await live.subgraphs.feed.start();
    live.feed.add(2);
    for (const reading of [plain, deep]) {
      await hasAll(reading, reading.from);
      expect(reading.seen).toEqual(range(reading.from, live.feed.length()));
      expect(reading.closed).toEqual([]);
      await reading.stop();
    }
  });

  it('miss nothing when the subgraph is killed before the first event', async () => {
    const reading = await readerFromHere();
    await live.subgraphs.feed.kill();
    live.feed.add(2);
    await live.subgraphs.feed.start();
    await hasAll(reading, reading.from);
    expect(reading.seen).toEqual(range(reading.from, live.feed.length()));
    await reading.stop();
  });

  it('go on with the subgraph that stops with notice', async () => {
    const reading = await readerFromHere();
    await live.subgraphs.feed.stop();
    live.feed.add(2);
    await live.subgraphs.feed.start();
    await hasAll(reading, reading.from);
    expect(reading.seen).toEqual(range(reading.from, live.feed.length()));
    await reading.stop();
  });

  it('end with an error when the subgraph is lost and there is no cursor', async () => {
    const results = live.connect().iterate({ query: 'subscription { ticks }' });
    const begun = live.feed.begun();
    const ended = results.next().catch((error: unknown) => error);
    await until(() => live.feed.begun() > begun);
    await live.subgraphs.feed.kill();
    expect(await ended).toMatchObject([{ extensions: { code: 'SUBSCRIPTION_INTERRUPTED' } }]);
    await live.subgraphs.feed.start();
  });

  it('are told to come back by a router that stops, and resume at the next with their cursor', async () => {
    const reading = await readerFromHere();
    live.feed.add(2);
    await hasAll(reading, reading.from);
    const restarted = live.restart();
    live.feed.add(3);
    await restarted;
    live.feed.add(1);
    await hasAll(reading, reading.from);
    expect(reading.closed[0]).toBe(1012);
    expect(reading.seen).toEqual(range(reading.from, live.feed.length()));
    await reading.stop();
  });

  describe('on a new supergraph', () => {
    let version = 0;
    /** Another schema of another subgraph; or of the one that is subscribed, by a field that nobody asks for. */
    const reload = (change: (sdl: string) => string = (sdl) => sdl) =>
      live.reload(`${live.subgraphs.compose(change)}\n# ${(version += 1)}`);

    it('go on through the subscriptions that they have', async () => {
      const [plain, deep] = [await readerFromHere(), await readerFromHere(nested)];
      const begun = live.feed.begun();
      for (let round = 0; round < 3; round += 1) {
        live.feed.add(20);
        await reload();
        live.feed.add(20);
      }
      for (const reading of [plain, deep]) {
        await hasAll(reading, reading.from);
        expect(reading.seen).toEqual(range(reading.from, live.feed.length()));
        await reading.stop();
      }
      expect(live.feed.begun()).toBe(begun);
    });

    it('subscribe anew after their last cursor where the subgraph has another address', async () => {
      const readings = [await readerFromHere(), await readerFromHere(nested)];
      const begun = live.feed.begun();
      live.feed.add(10);
      const { url } = live.subgraphs.feed;
      await live.reload(live.subgraphs.compose().replaceAll(url, `${url}/`));
      live.feed.add(10);
      for (const reading of readings) {
        await hasAll(reading, reading.from);
        expect(reading.seen).toEqual(range(reading.from, live.feed.length()));
        await reading.stop();
      }
      expect(live.feed.begun()).toBe(begun + 2);
      await reload();
    });

    it('end with the reason when their document is not valid any more', async () => {
      const reading = await readerFromHere();
      await reload((sdl) => sdl.replaceAll('number: Int!', 'count: Int!'));
      await reading.over;
      expect(reading.failure()).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
      await reload();
    });
  });

  it('tell the same as the feed, whatever happens when', async () => {
    const happening = fc.constantFrom(
      'event',
      'event',
      'event',
      'kill',
      'kill',
      'restart',
      'reload',
      'leave',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 10 }), async (happenings) => {
        const readings = [await readerFromHere(), await readerFromHere(nested)];
        const from = readings[0]!.from;
        for (const [index, what] of happenings.entries()) {
          if (what === 'event') live.feed.add(1 + (index % 3));
          if (what === 'kill') {
            await live.subgraphs.feed.kill();
            await live.subgraphs.feed.start();
          }
          if (what === 'restart') await live.restart();
          if (what === 'reload') await live.reload(`${live.subgraphs.compose()}\n# ${Math.random()}`);
          if (what === 'leave') await new Promise((resolve) => setImmediate(resolve));
        }
        live.feed.add();
        for (const reading of readings) {
          await hasAll(reading, from);
          expect(reading.seen).toEqual(range(from, live.feed.length()));
          await reading.stop();
        }
      }),
      { numRuns: 5 },
    );
    // Each new supergraph and each router starts a planner of its own, which takes its time on a busy machine.
  }, 900_000);
});
