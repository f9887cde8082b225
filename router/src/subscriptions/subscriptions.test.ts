import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { startLiveRouter, type LiveRouter } from './testing/start-live-router.js';

const posts = `subscription ($after: String) {
  posts(after: $after) { cursor post { number author { name city { title } } } }
}`;

interface Told {
  readonly posts: { readonly cursor: string; readonly post: { readonly number: number } | null };
}

describe('subscriptions', () => {
  let live: LiveRouter;
  let client: Client;
  beforeAll(async () => {
    live = await startLiveRouter();
    client = live.connect();
  });
  afterAll(() => live.stop());

  it('spans three subgraphs', async () => {
    const events = client.iterate<Told>({ query: posts });
    expect((await events.next()).value).toEqual({ data: { posts: { cursor: '0', post: null } } });
    live.feed.add();
    expect((await events.next()).value).toEqual({
      data: {
        posts: {
          cursor: '1',
          post: { number: 1, author: { name: 'name of u1', city: { title: 'title of cu1' } } },
        },
      },
    });
    await events.return?.();
  });
});
