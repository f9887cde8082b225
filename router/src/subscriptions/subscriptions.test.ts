import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { idType } from '@diaspora/kit/core';
import { createClient as createSseClient } from 'graphql-sse';
import type { Client, ExecutionResult } from 'graphql-ws';
import { eventStreamResults, multipartResults } from './testing/read-stream.js';
import { startLiveRouter, type LiveRouter } from './testing/start-live-router.js';
import { until } from './testing/until.js';

// Each router starts a planner of its own, which takes its time on a busy machine.
jest.setTimeout(90_000);

const posts = `subscription ($after: String) {
  posts(after: $after) { cursor post { number author { name city { title } } } }
}`;
const numbers = 'subscription ($after: String) { posts(after: $after) { cursor post { number } } }';

interface Told {
  readonly posts: { readonly cursor: string; readonly post: { readonly number: number } | null };
}

/** What an event answers. */
const told = (number: number) => ({
  data: {
    posts: {
      cursor: String(number),
      post: { number, author: { name: `name of u${number}`, city: { title: `title of cu${number}` } } },
    },
  },
});

type Results = AsyncIterator<unknown>;

async function take(results: Results, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  while (taken.length < count) {
    const { done, value } = await results.next();
    if (done) throw new Error(`It ended after ${taken.length} of ${count}.`);
    taken.push(value);
  }
  return taken;
}

describe('subscriptions', () => {
  let live: LiveRouter;
  let client: Client;
  beforeAll(async () => {
    // Nothing here may depend on being looked for.
    live = await startLiveRouter({ SUBSCRIPTION_RECHECK_MS: 1_000_000 });
    client = live.connect();
  });
  afterAll(() => live.stop());

  const listen = (query: string, variables: Record<string, unknown> = {}, by = client) =>
    by.iterate<Told>({ query, variables }) as AsyncIterableIterator<ExecutionResult<Told>>;

  const signedIn = (token: string) =>
    live.connect({ connectionParams: { Authorization: `Bearer ${token}` } });

  const stream = (accept: string, variables: object, headers: Record<string, string> = {}) =>
    fetch(live.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...headers },
      body: JSON.stringify({ query: posts, variables }),
    });

  it('span three subgraphs, and give the same over every transport', async () => {
    const after = String(live.feed.length());
    const first = live.feed.length() + 1;
    const overSocket = listen(posts, { after });
    const sse = await stream('text/event-stream', { after });
    const parts = await stream('multipart/mixed;subscriptionSpec="1.0", application/json', { after });
    expect(sse.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(parts.headers.get('content-type')).toBe(
      'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"',
    );
    live.feed.add(2);
    const expected = [told(first), told(first + 1)];
    expect(await take(overSocket, 2)).toEqual(expected);
    const overEvents = eventStreamResults(sse);
    expect(await take(overEvents, 2)).toEqual(expected);
    const overParts = multipartResults(parts);
    expect(await take(overParts, 2)).toEqual(expected.map((payload) => ({ payload })));
    for (const results of [overSocket, overEvents, overParts]) await results.return?.(undefined);
    await until(() => live.counts().subscriptions === 0 && live.feed.readers() === 0);
  });

  it('serve the graphql-sse client, which runs queries over the stream too', async () => {
    const sse = createSseClient({ url: live.url, retryAttempts: 0 });
    const after = String(live.feed.length());
    const results = sse.iterate({ query: posts, variables: { after } });
    live.feed.add();
    expect(await take(results, 1)).toEqual([told(Number(after) + 1)]);
    await results.return?.(undefined);
    const answers = sse.iterate({ query: '{ lastNumber }' });
    expect((await answers.next()).value).toEqual({ data: { lastNumber: live.feed.length() } });
    expect(await answers.next()).toMatchObject({ done: true });
    sse.dispose();
    await until(() => live.counts().subscriptions === 0);
  });

  it('answer queries and mutations over the socket, and tell what is wrong with a document', async () => {
    const answers = client.iterate({ query: '{ lastNumber someone { name } }' });
    expect((await answers.next()).value).toMatchObject({ data: { someone: null } });
    expect(await answers.next()).toMatchObject({ done: true });
    await expect(client.iterate({ query: '{ nothing }' }).next()).rejects.toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
    await expect(client.iterate({ query: posts, variables: { after: 7 } }).next()).rejects.toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('share one subscription at the subgraph among those who must get the same', async () => {
    const begun = live.feed.begun();
    const after = String(live.feed.length());
    const sharing = Array.from({ length: 20 }, () => listen(posts, { after }, live.connect()));
    const other = listen(posts, { after: '0' });
    await until(() => live.counts().subscriptions === 21 && live.feed.begun() >= begun + 2);
    expect(live.counts().upstreams).toBe(2);
    const metrics = await (await fetch(`${live.url.replace('/graphql', '')}/metrics`)).text();
    expect(metrics).toMatch(/^router_subscriptions\{kind="subscriptions"\} 21$/m);
    expect(metrics).toMatch(/^router_subscriptions\{kind="upstreams"\} 2$/m);
    expect(metrics).toMatch(/^router_subscription_events_total [1-9]/m);
    live.feed.add();
    for (const results of sharing) expect(await take(results, 1)).toEqual([told(Number(after) + 1)]);
    expect(live.feed.begun()).toBe(begun + 2);
    // Whoever asks for the past gets it, though others already stand behind it.
    const late = listen(posts, { after });
    expect(await take(late, 1)).toEqual([told(Number(after) + 1)]);
    expect(live.counts().upstreams).toBe(3);
    for (const results of [...sharing, other, late]) await results.return?.();
    await until(() => live.feed.readers() === 0);
    expect(live.counts()).toMatchObject({ subscriptions: 0, upstreams: 0 });
  });

  it('share nothing between different people', async () => {
    const keys = ['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8059'];
    const tokens = await Promise.all(
      keys.map((key) => live.issuer.token({ claims: { sub: idType('usr').encode(key) } })),
    );
    const begun = live.feed.begun();
    const results = [client, ...tokens.map(signedIn)].map((by) => listen(posts, { after: '0' }, by));
    for (const each of results) await take(each, 1);
    expect(live.feed.begun()).toBe(begun + 3);
    for (const each of results) await each.return?.();
  });

  it('tell the subgraph who asks, each time', async () => {
    const token = await live.issuer.token();
    expect(await take(listen('subscription { mine }', {}, signedIn(token)), 1)).toEqual([
      { data: { mine: 36 } },
    ]);
    expect(await take(listen('subscription { mine }'), 1)).toEqual([{ data: { mine: 0 } }]);
  });

  it('answer null and an error where a subgraph of the rest is down, and go on', async () => {
    const after = live.feed.length();
    const results = listen(posts, { after: String(after) });
    await live.subgraphs.users.kill();
    live.feed.add();
    expect(await take(results, 1)).toMatchObject([
      {
        data: { posts: { cursor: String(after + 1), post: null } },
        errors: [{ path: ['posts', 'post', 'author', 'name'], extensions: { code: 'UNAVAILABLE' } }],
      },
    ]);
    await live.subgraphs.users.start();
    live.feed.add();
    expect(await take(results, 1)).toEqual([told(after + 2)]);
    await results.return?.();
  });

  describe('authorisation', () => {
    it('closes at the very time when the token expires', async () => {
      const token = await live.issuer.token({ expiresIn: 1 });
      const expiring = signedIn(token);
      await expect(
        listen(numbers, { after: String(live.feed.length()) }, expiring).next(),
      ).rejects.toMatchObject({
        code: 4498,
        reason: 'TOKEN_EXPIRED',
      });
    });

    const [personKey, sessionKey] = [
      '01890a5d-ac96-774b-bcce-b302099a8097',
      '01890a5d-ac96-774b-bcce-b302099a8099',
    ];
    const ownerKey = '01890a5d-ac96-774b-bcce-b302099a8096';
    const [sub, sid] = [idType('usr').encode(personKey), idType('ses').encode(sessionKey)];
    it.each([
      ['the session was revoked', { sid }, () => live.revocations.revokeSession(sessionKey, 60)],
      ['the person was suspended', { sub, epoch: 0 }, () => live.revocations.raiseEpoch(personKey, 1)],
      [
        'whoever looks as the person is not let in any more',
        { act: { sub: idType('usr').encode(ownerKey), sid: idType('ses').encode(ownerKey), epoch: 0 } },
        () => live.revocations.raiseEpoch(ownerKey, 1),
      ],
    ])('closes at once, though nothing happens, when %s', async (_name, claims, revoke) => {
      const revoked = signedIn(await live.issuer.token({ claims }));
      const results = listen(numbers, { after: String(live.feed.length()) }, revoked);
      const begun = live.feed.begun();
      const closed = results.next().catch((error: unknown) => error);
      await until(() => live.feed.begun() > begun);
      await revoke();
      expect(await closed).toMatchObject({ code: 4497, reason: 'SESSION_REVOKED' });
    });

    it('closes before the next event is told when the session was revoked unheard', async () => {
      const session = '01890a5d-ac96-774b-bcce-b302099a8095';
      const claims = { sid: idType('ses').encode(session) };
      const revoked = signedIn(await live.issuer.token({ claims }));
      const results = listen(numbers, { after: String(live.feed.length()) }, revoked);
      const begun = live.feed.begun();
      const closed = results.next().catch((error: unknown) => error);
      await until(() => live.feed.begun() > begun);
      await live.revokeUnheard(session);
      live.feed.add();
      expect(await closed).toMatchObject({ code: 4497, reason: 'SESSION_REVOKED' });
    });

    it('ends an event stream with the name of the reason, and without an end that looks planned', async () => {
      const authorization = `Bearer ${await live.issuer.token({ expiresIn: 1 })}`;
      const response = await stream(
        'text/event-stream',
        { after: String(live.feed.length()) },
        { authorization },
      );
      const results: unknown[] = [];
      for await (const result of eventStreamResults(response)) results.push(result);
      expect(results).toMatchObject([{ errors: [{ extensions: { code: 'TOKEN_EXPIRED' } }] }]);
    });

    it.each([
      ['no token', () => 'nonsense', 4401],
      ['expired', () => live.issuer.token({ expiresIn: -60 }), 4498],
    ])('refuses a connection whose credential is %s', async (_name, token, code) => {
      const refused = signedIn(await token());
      await expect(refused.iterate({ query: numbers }).next()).rejects.toMatchObject({ code });
    });
  });
});
