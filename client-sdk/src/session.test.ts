import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  createLocalStorage,
  createMemoryStorage,
  LikePostDocument,
  UnauthenticatedError,
  UnavailableError,
  UnreadNotificationCountDocument,
  type ClientOptions,
} from './index.js';
import { sessionAnswers } from './testing/session-answers.js';
import { createMoment, fault, startServer, type TestServer } from './testing/start-server.js';

const credentials = { email: 'ana@example.org', password: 'a long one' };

let account: ReturnType<typeof sessionAnswers>;
let server: TestServer;
beforeEach(async () => {
  account = sessionAnswers();
  server = await startServer(account.answers);
});
afterEach(() => server.stop());

async function signedIn(options: Partial<ClientOptions> = {}) {
  const ends: string[] = [];
  const storage = options.storage ?? createMemoryStorage();
  const onSessionEnded = () => void ends.push('ended');
  const client = createClient({ url: server.url, retry: { baseMs: 1 }, ...options, storage, onSessionEnded });
  await client.signIn(credentials);
  return { client, storage, ends, count: () => client.execute(UnreadNotificationCountDocument) };
}

const outcomes = async (calls: Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((call) =>
    call.status === 'fulfilled' ? 'done' : call.reason.reason,
  );

/** The moment when that many answers to an operation have been read by clients that use its `fetch`. */
function reachedAfter(count: number, operationName: string) {
  const moment = createMoment();
  let answered = 0;
  const watched: typeof fetch = async (...asked) => {
    const response = await fetch(...asked);
    const text = await response.text();
    // Whoever gets the text needs no more than this turn to act on it.
    const { body } = asked[1] as { body: string };
    if (body.includes(`"${operationName}"`) && ++answered === count) setImmediate(moment.reach);
    return new Response(text, response);
  };
  return { ...moment, fetch: watched };
}

const twenty = <Result>(call: () => Promise<Result>) => Array.from({ length: 20 }, call);

describe('an access token', () => {
  it('is kept at sign-in and sent from then on', async () => {
    const client = createClient({ url: server.url });
    expect(await client.isSignedIn()).toBe(false);
    expect(await client.signIn(credentials)).toMatchObject({ user: { displayName: 'Ana' }, challenge: null });
    expect(await client.isSignedIn()).toBe(true);
    expect(await client.execute(UnreadNotificationCountDocument)).toEqual({ unreadNotificationCount: 7 });
    expect(server.calls.map((call) => call.accessToken)).toEqual([undefined, 'access-1']);
  });

  it('is renewed once for 20 parallel calls that were refused', async () => {
    const { count, ends } = await signedIn();
    account.state.isSpent = true;
    expect(await outcomes(twenty(count))).toEqual(Array(20).fill('done'));
    expect(server.named('RefreshSession')).toHaveLength(1);
    expect(ends).toEqual([]);
  });

  it('is not renewed again for a refusal that arrives after the renewal', async () => {
    const { client, count } = await signedIn();
    account.state.isSpent = true;
    const isRenewed = createMoment();
    const likePost = account.answers['LikePost']!;
    account.answers['LikePost'] = async (call) => {
      const reply = await likePost(call);
      if (call.accessToken === 'access-1') await isRenewed.reached;
      return reply;
    };
    const late = client.execute(LikePostDocument, { input: { postId: 'pst_1' } });
    await count();
    isRenewed.reach();
    await late;
    expect(server.named('RefreshSession')).toHaveLength(1);
  });

  it('is renewed when the account has changed', async () => {
    const { count } = await signedIn();
    Object.assign(account.state, { isSpent: true, refusal: 'SESSION_STALE' });
    expect(await outcomes([count()])).toEqual(['done']);
    expect(server.named('RefreshSession')).toHaveLength(1);
  });

  it('is renewed for a mutation as well, which then runs once', async () => {
    const { client } = await signedIn();
    account.state.isSpent = true;
    await client.execute(LikePostDocument, { input: { postId: 'pst_1' } });
    expect(server.named('LikePost').map((call) => call.accessToken)).toEqual(['access-1', 'access-2']);
  });

  it('is renewed shortly before it expires, without a refusal', async () => {
    let now = Date.now();
    const { count } = await signedIn({ now: () => now });
    now += 3_600_000 - 10_000;
    await Promise.all(twenty(count));
    expect(server.named('RefreshSession')).toHaveLength(1);
    expect(server.named('UnreadNotificationCount').map((call) => call.accessToken)).toEqual(
      Array(20).fill('access-2'),
    );
  });

  it('is used to its end when it cannot be renewed early', async () => {
    let now = Date.now();
    const { count } = await signedIn({ now: () => now });
    now += 3_600_000 - 10_000;
    account.answers['RefreshSession'] = () => 'cut';
    expect(await count()).toEqual({ unreadNotificationCount: 7 });
  });

  it('is not renewed with each call by a device whose clock is ahead', async () => {
    const { count } = await signedIn({ now: () => Date.now() + 86_400_000 });
    await count();
    await count();
    expect(server.named('RefreshSession')).toEqual([]);
  });

  it('that is refused even when new is not renewed for ever', async () => {
    const { count, ends } = await signedIn();
    account.answers['UnreadNotificationCount'] = () =>
      fault('UNAUTHENTICATED', { status: 401, reason: 'TOKEN_EXPIRED' });
    await expect(count()).rejects.toThrow(UnauthenticatedError);
    expect(server.named('RefreshSession')).toHaveLength(1);
    expect(ends).toEqual([]);
  });
});

describe('a session', () => {
  it('ends once when it was revoked, without a renewal', async () => {
    const { client, count, ends } = await signedIn();
    Object.assign(account.state, { isOver: true, refusal: 'SESSION_REVOKED' });
    expect(await outcomes(twenty(count))).toEqual(Array(20).fill('SESSION_REVOKED'));
    expect(ends).toEqual(['ended']);
    expect(await client.isSignedIn()).toBe(false);
    expect(server.named('RefreshSession')).toEqual([]);
    expect(await count()).toEqual({ unreadNotificationCount: 7 }); // As a visitor.
  });

  it('ends once when its renewal is refused', async () => {
    const { client, count, ends } = await signedIn();
    account.state.isOver = true;
    expect(await outcomes(twenty(count))).toEqual(Array(20).fill('SESSION_ENDED'));
    expect(ends).toEqual(['ended']);
    expect(server.named('RefreshSession')).toHaveLength(1);
    expect(await client.isSignedIn()).toBe(false);
  });

  it('survives a network that is away during the renewal', async () => {
    const { client, count, ends } = await signedIn();
    account.state.isSpent = true;
    const refreshSession = account.answers['RefreshSession']!;
    account.answers['RefreshSession'] = () => 'cut';
    const like = client.execute(LikePostDocument, { input: { postId: 'pst_1' } });
    await expect(like).rejects.toThrow(UnavailableError);
    expect(ends).toEqual([]);
    account.answers['RefreshSession'] = refreshSession;
    expect(await outcomes([count()])).toEqual(['done']);
  });

  it('asks once for 20 parallel calls also when the renewal fails', async () => {
    const allRefused = reachedAfter(20, 'LikePost');
    const { client } = await signedIn({ fetch: allRefused.fetch });
    account.state.isSpent = true;
    account.answers['RefreshSession'] = async () => {
      await allRefused.reached;
      return 'cut' as const;
    };
    const like = () => client.execute(LikePostDocument, { input: { postId: 'pst_1' } });
    expect(await outcomes(twenty(like))).toEqual(Array(20).fill(undefined));
    expect(server.named('RefreshSession')).toHaveLength(1);
  });

  it('ends by signing out, here and on the server, without a call of onSessionEnded', async () => {
    const { client, ends } = await signedIn();
    account.state.isSpent = true;
    await client.signOut();
    expect([await client.isSignedIn(), account.state.isOver, ends]).toEqual([false, true, []]);
    await client.signOut();
    expect(server.named('Logout').map((call) => call.accessToken)).toEqual(['access-1', 'access-2']);
  });

  it('is forgotten by signing out although the server is away', async () => {
    const { client } = await signedIn();
    account.answers['Logout'] = () => 'cut';
    await expect(client.signOut()).rejects.toThrow(UnavailableError);
    expect(await client.isSignedIn()).toBe(false);
  });

  it('does not come back by a renewal that was under way at signing out', async () => {
    const { client, count, ends } = await signedIn();
    account.state.isSpent = true;
    const asked = createMoment();
    const isSignedOut = createMoment();
    const refreshSession = account.answers['RefreshSession']!;
    account.answers['RefreshSession'] = async (call) => {
      asked.reach();
      await isSignedOut.reached;
      return refreshSession(call);
    };
    account.answers['Logout'] = () => {
      isSignedOut.reach();
      return fault('UNAUTHENTICATED', { status: 401, reason: 'SESSION_REVOKED' });
    };
    const counting = count();
    await asked.reached;
    await client.signOut();
    await Promise.allSettled([counting]);
    expect(await client.isSignedIn()).toBe(false);
    expect(ends).toEqual([]);
  });
});

describe('two tabs with one storage', () => {
  const entries = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
  let turn: Promise<unknown> = Promise.resolve();
  const locks = {
    request: <Result>(_name: string, work: () => Promise<Result>) => {
      const mine = turn.then(work);
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
  const openTab = () => createLocalStorage('session', { localStorage, navigator: { locks } });

  it('renew once', async () => {
    const allRefused = reachedAfter(40, 'UnreadNotificationCount');
    const first = await signedIn({ storage: openTab(), fetch: allRefused.fetch });
    const second = createClient({ url: server.url, storage: openTab(), fetch: allRefused.fetch });
    account.state.isSpent = true;
    const refreshSession = account.answers['RefreshSession']!;
    account.answers['RefreshSession'] = async (call) => {
      await allRefused.reached;
      return refreshSession(call);
    };
    const calls = [first.client, second].flatMap((tab) =>
      twenty(() => tab.execute(UnreadNotificationCountDocument)),
    );
    expect(await outcomes(calls)).toEqual(Array(40).fill('done'));
    expect(server.named('RefreshSession')).toHaveLength(1);
  });

  it('both hear of the end of their session', async () => {
    const ends: string[] = [];
    const first = await signedIn({ storage: openTab() });
    const onSessionEnded = () => void ends.push('second');
    const second = createClient({ url: server.url, storage: openTab(), onSessionEnded });
    account.state.isOver = true;
    await outcomes([first.count(), second.execute(UnreadNotificationCountDocument)]);
    expect([...first.ends, ...ends]).toEqual(['ended', 'second']);
  });

  it('never repeat a call as somebody who signed in meanwhile', async () => {
    const { client } = await signedIn({ storage: openTab() });
    account.answers['LikePost'] = async () => {
      await createClient({ url: server.url, storage: openTab() }).signIn(credentials);
      return fault('UNAUTHENTICATED', { status: 401, reason: 'TOKEN_EXPIRED' });
    };
    const like = client.execute(LikePostDocument, { input: { postId: 'pst_1' } });
    await expect(like).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    expect(server.named('LikePost')).toHaveLength(1);
    expect(await client.isSignedIn()).toBe(true);
  });
});
