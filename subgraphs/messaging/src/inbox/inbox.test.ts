import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '../testing/groups.js';
import { barrierFor, givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { maxPinned } from './rules.js';

const list = `query ($filter: ConversationFilter, $first: Int, $after: String, $last: Int) {
  conversations(filter: $filter, first: $first, after: $after, last: $last) {
    nodes { id box isPinned mutedUntil } pageInfo { endCursor hasNextPage } } }`;

interface Listed {
  readonly id: string;
  readonly box: string;
  readonly isPinned: boolean;
  readonly mutedUntil: string | null;
}

describe('the places of conversations', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  /** Somebody with conversations, oldest first, in each of which the other has written once. */
  async function someoneWith(count: number) {
    const entitlements = ['UNLIMITED_MESSAGING'];
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member({ entitlements })];
    const ids: string[] = [];
    for (let each = 0; each < count; each++) {
      const id = await messaging.given.group(ben, [ana], { name: `Group ${each}` });
      messaging.clock.advance(1_000);
      await messaging.given.message(ben, id);
      ids.push(id);
    }
    return { ana, ben, ids };
  }
  const listed = async (who: Member, filter?: object, page: object = { first: 20 }): Promise<Listed[]> =>
    (await who.execute(list, { filter, ...page })).data.conversations.nodes as Listed[];
  const idsIn = async (who: Member, filter?: object) => (await listed(who, filter)).map(({ id }) => id);
  const place = (who: Member, verb: string, conversationId: string, more: object = {}) =>
    refusalOf(who, `${verb}Conversation`, { conversationId, ...more });

  it('are at the top when pinned, then by their activity, page by page without repeats or gaps', async () => {
    const { ana, ids } = await someoneWith(6);
    await place(ana, 'pin', ids[0]!);
    await place(ana, 'pin', ids[2]!);
    const order = [2, 0, 5, 4, 3, 1].map((index) => ids[index]);
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { data }: { data: any } = await ana.execute(list, { first: 2, after });
      seen.push(...(data.conversations.nodes as Listed[]).map(({ id }) => id));
      ({ endCursor: after, hasNextPage: more } = data.conversations.pageInfo);
    }
    expect(seen).toEqual(order);
    expect((await listed(ana, {}, { last: 3 })).map(({ id }) => id)).toEqual(order.slice(-3));
    await place(ana, 'unpin', ids[2]!);
    expect((await idsIn(ana))[0]).toBe(ids[0]);
  });

  it('refuse cursors of another list, or with a rank that is none', async () => {
    const ana = await messaging.given.member();
    const now = new Date().toISOString();
    const id = '0190a1b2-0000-7000-8000-000000000000';
    for (const values of [
      [now, id],
      [2, now, id],
      [0.5, now, id],
      [1e300, now, id],
    ]) {
      const after = Buffer.from(JSON.stringify(values)).toString('base64url');
      expect((await ana.execute(list, { first: 1, after })).codes).toEqual(['INVALID_INPUT']);
    }
  });

  it('have room for ten at the top', async () => {
    const { ana, ids } = await someoneWith(maxPinned + 1);
    for (const id of ids.slice(0, maxPinned)) expect(await place(ana, 'pin', id)).toBeUndefined();
    expect(await place(ana, 'pin', ids[0]!)).toBeUndefined();
    expect(await place(ana, 'pin', ids[maxPinned]!)).toBe('LIMIT_REACHED');
    await place(ana, 'archive', ids[0]!);
    expect(await place(ana, 'pin', ids[maxPinned]!)).toBeUndefined();
  });

  it('would have eleven pinned by two who counted before either wrote; the lock lets one', async () => {
    const { ana, ids } = await someoneWith(maxPinned + 1);
    for (const id of ids.slice(0, maxPinned - 1)) await place(ana, 'pin', id);
    const bothHaveCounted = barrierFor(2);
    const naive = () =>
      messaging.db.$transaction(async (tx) => {
        const pinned = await tx.participant.count({ where: { userId: ana.id, pinRank: 1 } });
        await bothHaveCounted();
        return pinned < maxPinned;
      });
    expect(await Promise.all([naive(), naive()])).toEqual([true, true]);
    const elsewhere = { ...ana, ...second.as(ana.viewer) };
    const refusals = await Promise.all([
      place(ana, 'pin', ids.at(-1)!),
      place(elsewhere, 'pin', ids.at(-2)!),
    ]);
    expect(refusals.filter((code) => code === 'LIMIT_REACHED')).toHaveLength(1);
    expect((await listed(ana)).filter(({ isPinned }) => isPinned)).toHaveLength(maxPinned);
  });

  it('come back from the archive with the next message, unless they are muted', async () => {
    const { ana, ben, ids } = await someoneWith(2);
    const [quiet, loud] = ids as [string, string];
    for (const id of ids) await place(ana, 'archive', id);
    await place(ana, 'mute', quiet);
    expect(await idsIn(ana)).toEqual([]);
    for (const id of ids) await messaging.given.message(ben, id);
    expect(await idsIn(ana)).toEqual([loud]);
    expect(await idsIn(ana, { box: 'ARCHIVED' })).toEqual([quiet]);
    messaging.clock.advance(1_000);
    await messaging.given.message(ana, quiet);
    expect(await idsIn(ana)).toEqual([quiet, loud]);
  });

  it('are muted until a time to come, or for always', async () => {
    const { ana, ben, ids } = await someoneWith(1);
    const [id] = ids as [string];
    const inAnHour = new Date(messaging.clock.now().getTime() + 3_600_000).toISOString();
    expect(await place(ana, 'mute', id, { until: messaging.clock.now().toISOString() })).toBe(
      'INVALID_INPUT',
    );
    expect(await place(ana, 'mute', id, { until: inAnHour })).toBeUndefined();
    expect((await listed(ana))[0]?.mutedUntil).toBe(inAnHour);
    await place(ana, 'archive', id);
    messaging.clock.advance(3_600_000);
    expect((await listed(ana, { box: 'ARCHIVED' }))[0]?.mutedUntil).toBeNull();
    await messaging.given.message(ben, id);
    expect(await idsIn(ana)).toEqual([id]);
    await place(ana, 'mute', id);
    expect((await listed(ana))[0]?.mutedUntil).toMatch(/^9999-/);
    await place(ana, 'unmute', id);
    expect((await listed(ana))[0]?.mutedUntil).toBeNull();
  });

  it('are filtered by kind and by what is unread', async () => {
    const { ana, ben, ids } = await someoneWith(2);
    const direct = await messaging.given.conversation(ana, ben);
    await messaging.given.message(ana, direct);
    expect(await idsIn(ana, { kinds: ['DIRECT'] })).toEqual([direct]);
    expect(await idsIn(ana, { kinds: ['GROUP'] })).toEqual([...ids].reverse());
    expect(await idsIn(ana, { isUnread: true })).toEqual([...ids].reverse());
    expect(await idsIn(ana, { isUnread: false, kinds: ['GROUP', 'DIRECT'] })).toEqual([direct]);
  });
});
