import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allConfigurations } from '../languages.js';
import { eventIds, postIds, userIds } from '../ids.js';
import { aPost, aProfile, anEvent, givenSearch, type Search, type Telling } from '../testing/given.js';

let search: Search;

beforeAll(async () => {
  search = await givenSearch();
});
afterAll(() => search.stop());
beforeEach(() => search.db.document.deleteMany());

const documents = () => search.db.document.findMany({ orderBy: [{ kind: 'asc' }, { entityKey: 'asc' }] });

/** Everything the index holds, lexemes included, as one word. */
async function indexHash(): Promise<string> {
  const [row] = await search.db.$queryRaw<{ hash: string }[]>`
    SELECT coalesce(md5(string_agg(d::text, '|' ORDER BY kind, entity_key)), '') AS hash FROM documents AS d`;
  return row!.hash;
}

const event = { eventId: eventIds.encode(eventIds.create()) };
const person = { userId: userIds.encode(userIds.create()) };
const post = { postId: postIds.encode(postIds.create()) };

describe('the index', () => {
  it('takes what is newer and leaves what is older', async () => {
    await search.receive({ type: 'event.changed', data: anEvent({ ...event, version: 3, title: 'Third' }) });
    await search.receive({
      type: 'event.published',
      data: anEvent({ ...event, version: 1, title: 'First' }),
    });
    expect(await documents()).toMatchObject([{ sourceVersion: 3, title: 'Third' }]);
    await search.receive({ type: 'event.changed', data: anEvent({ ...event, version: 4, title: 'Fourth' }) });
    expect(await documents()).toMatchObject([{ sourceVersion: 4, title: 'Fourth' }]);
  });

  it.each<[string, Telling, Telling]>([
    [
      'a cancelled event',
      { type: 'event.cancelled', data: { ...event, version: 3, cancelledAt: '2026-06-01T12:00:00.000Z' } },
      { type: 'event.changed', data: anEvent({ ...event, version: 2 }) },
    ],
    [
      'a removed post',
      { type: 'post.removed', data: { ...post, version: 3, removedAt: '2026-06-01T12:00:00.000Z' } },
      { type: 'post.published', data: aPost({ ...post, version: 2 }) },
    ],
    [
      'a hidden person',
      { type: 'user.profileChanged', data: aProfile({ ...person, version: 3, isDiscoverable: false }) },
      { type: 'user.profileChanged', data: aProfile({ ...person, version: 2 }) },
    ],
  ])('keeps a tombstone of %s that a late message does not bring back', async (_name, end, late) => {
    await search.receive(late);
    await search.receive(end);
    const alone = await documents();
    await search.receive(late);
    expect(alone).toMatchObject([
      { isDeleted: true, sourceVersion: 3, title: '', body: '', place: '', terms: '' },
    ]);
    expect(await documents()).toEqual(alone);
  });

  it('finds a person again who wants to be found again', async () => {
    for (const [version, isDiscoverable] of [
      [1, true],
      [2, false],
      [3, true],
    ] as const)
      await search.receive({
        type: 'user.profileChanged',
        data: aProfile({ ...person, version, isDiscoverable }),
      });
    expect(await documents()).toMatchObject([{ isDeleted: false, sourceVersion: 3, title: 'Somebody' }]);
  });

  it('ends the same when messages of one entity are handled at the same time', async () => {
    const tellings = Array.from({ length: 10 }, (_, index): Telling => {
      return {
        type: 'post.published',
        data: aPost({ ...post, version: index + 1, text: `Text ${index + 1}` }),
      };
    });
    await Promise.all(tellings.map(search.receive));
    expect(await documents()).toMatchObject([{ sourceVersion: 10, body: 'Text 10' }]);
  });

  it('converges however messages are shuffled and repeated', async () => {
    const entities = [0, 1, 2].map((index) => ({
      eventId: eventIds.encode(eventIds.create()),
      userId: userIds.encode(userIds.create()),
      postId: postIds.encode(postIds.create()),
      index,
    }));
    const telling = fc.record({
      kind: fc.constantFrom('event', 'person', 'post'),
      entity: fc.constantFrom(...entities),
      version: fc.integer({ min: 1, max: 4 }),
      ends: fc.boolean(),
    });
    const told = fc
      .uniqueArray(telling, {
        selector: (each) => `${each.kind} ${each.entity.index} ${each.version} ${each.ends}`,
      })
      .map((each) => each.map(toTelling));
    const deliveries = told.chain((each) =>
      fc.tuple(
        fc.constant(each),
        fc.array(fc.nat(Math.max(0, each.length - 1)), { maxLength: 10 }).chain((repeated) =>
          fc.shuffledSubarray([...each, ...repeated.flatMap((at) => each[at] ?? [])], {
            minLength: each.length + (each.length > 0 ? repeated.length : 0),
          }),
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([inOrder, shuffled]) => {
        await search.db.document.deleteMany();
        for (const each of inOrder) await search.receive(each);
        const expected = await indexHash();
        await search.db.document.deleteMany();
        for (const each of shuffled) await search.receive(each);
        expect(await indexHash()).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('takes texts beyond what a tsvector holds', async () => {
    const words = (length: number, characters: string[]) =>
      Array.from({ length }, (_, at) =>
        characters.map((c, i) => c.repeat(1 + ((at >> (i * 2)) % 4))).join(''),
      ).join(' ');
    const hostile = [
      Array.from({ length: 200_000 }, (_, at) => at.toString(36)).join(' '),
      Array.from({ length: 100_000 }, (_, at) => String.fromCodePoint(0x20000 + (at % 40_000), 0x3300)).join(
        ' ',
      ),
      '㏂'.repeat(100_000),
      'x'.repeat(500_000),
      words(60_000, ['ș', 'Ǽ', '㎯', 'ß']),
    ];
    for (const text of hostile) await search.given.post({ text, language: 'ro' });
    expect(await search.db.document.count()).toBe(hostile.length);
  });

  it('knows every configuration that a language may ask for', async () => {
    const rows = await search.db.$queryRaw<{ cfgname: string }[]>`
      SELECT cfgname FROM pg_ts_config WHERE cfgname LIKE 'search\\_%'`;
    expect(rows.map((row) => row.cfgname).sort()).toEqual([...allConfigurations].sort());
  });
});

interface Draft {
  readonly kind: string;
  readonly entity: { eventId: string; userId: string; postId: string };
  readonly version: number;
  readonly ends: boolean;
}

function toTelling({ kind, entity, version, ends }: Draft): Telling {
  const { eventId, userId, postId } = entity;
  const at = '2026-06-01T12:00:00.000Z';
  if (kind === 'event')
    return ends
      ? { type: 'event.cancelled', data: { eventId, version, cancelledAt: at } }
      : {
          type: version === 1 ? 'event.published' : 'event.changed',
          data: anEvent({ eventId, version, title: `Title ${version}`, organizerId: userId }),
        };
  if (kind === 'post')
    return ends
      ? { type: 'post.removed', data: { postId, version, removedAt: at } }
      : {
          type: 'post.published',
          data: aPost({ postId, version, text: `Text ${version}`, authorId: userId }),
        };
  const displayName = `Name ${version}`;
  return {
    type: 'user.profileChanged',
    data: aProfile({ userId, version, displayName, isDiscoverable: !ends }),
  };
}
