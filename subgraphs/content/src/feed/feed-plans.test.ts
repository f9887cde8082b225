import { createAudit, createOutbox, createPool, parsePage, systemClock } from '@diaspora/kit';
import { aViewer, createTestDatabase, type TestDatabase } from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaClient } from '../database.js';
import { eventIds, postIds } from '../ids.js';
import { messages } from '../messages.js';
import { createPostLoaders, createPosts, followOrigin, newestFirst } from '../posts/index.js';
import { createFeed } from './service.js';

const posts = 20_000;
const eventId = eventIds.create();

let database: TestDatabase;
let owner: ReturnType<typeof createPool>;
let pool: ReturnType<typeof createPool>;
const seen: { query: string; params: unknown[] }[] = [];
const connect = () => {
  const db = new PrismaClient({ adapter: new PrismaPg(pool), log: [{ emit: 'event', level: 'query' }] });
  db.$on('query', ({ query, params }) => {
    if (/^\s*(SELECT|UPDATE)/.test(query)) seen.push({ query, params: JSON.parse(params) as unknown[] });
  });
  return db;
};
let db: ReturnType<typeof connect>;

beforeAll(async () => {
  database = await createTestDatabase('content');
  pool = createPool({ url: database.url });
  owner = createPool({ url: database.ownerUrl });
  db = connect();
  // 20,000 people, of whom each blocks and mutes two or three others.
  await owner.query(`
    INSERT INTO members (user_id) SELECT md5('author' || i)::uuid FROM generate_series(0, 19999) i;
    INSERT INTO blocks (blocker_id, blocked_id, is_active, version)
      SELECT md5('author' || i % 20000)::uuid, md5('author' || (i * 7 + 1) % 20000)::uuid, i % 5 > 0, 1
      FROM generate_series(0, 49999) i ON CONFLICT DO NOTHING;
    INSERT INTO mutes (muter_id, muted_id, is_active, version) SELECT blocker_id, blocked_id, is_active, 1 FROM blocks`);
  // 400 authors: one from MD, the others of ten large countries; 20 languages, 50 events, 200 hashtags.
  await owner.query(
    `INSERT INTO posts (id, author_id, author_origin, event_id, text, language, hashtags, visibility, published_at)
     SELECT gen_random_uuid(), md5('author' || i % 400)::uuid,
       (ARRAY['AA','BB','CC','DD','EE','FF','GG','HH','II','JJ'])[1 + i % 10], CASE WHEN i % 50 = 7 THEN $2::uuid ELSE md5('event' || i % 50)::uuid END,
       'text', 'l' || i % 20, ARRAY['tag' || i % 200],
       (CASE WHEN i % 4 = 0 THEN 'MEMBERS' ELSE 'PUBLIC' END)::post_visibility,
       timestamptz '2026-01-01' + i * interval '1 minute'
     FROM generate_series(1, $1::int) i`,
    [posts, eventId],
  );
  await owner.query(`UPDATE posts SET author_origin = 'MD' WHERE author_id = md5('author7')::uuid`);
  for (const table of ['posts', 'members', 'blocks', 'mutes']) await owner.query(`VACUUM ANALYZE ${table}`);
});
afterAll(async () => {
  await db.$disconnect();
  await Promise.all([pool.end(), owner.end()]);
  await database.drop();
});

/** The plans of the statements on posts that `run` sends, and how many rows they looked at and threw away. */
async function planOf(run: () => PromiseLike<unknown>): Promise<{ plan: string; discarded: number }> {
  seen.length = 0;
  await run();
  const statements = seen.filter(({ query }) => /FROM posts|"posts"/.test(query));
  expect(statements).not.toHaveLength(0);
  const plans: string[] = [];
  for (const { query, params } of statements) {
    const { rows } = await owner.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, COSTS OFF) ${query}`,
      params,
    );
    plans.push(...rows.map((row) => row['QUERY PLAN']));
  }
  const plan = plans.join('\n');
  const discarded = [...plan.matchAll(/Rows Removed by Filter: (\d+)/g)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  return { plan, discarded };
}

describe(`on ${posts} posts`, () => {
  const audit = createAudit({ source: 'content' });
  const service = () => createPosts({ db, clock: systemClock, outbox: createOutbox(messages), audit });
  const middle = Buffer.from(JSON.stringify(['2026-01-08T00:00:00.000Z', postIds.create()])).toString(
    'base64url',
  );

  it.each([
    ['without a filter', {}],
    ['of a small country', { countriesOfOrigin: ['MD'] }],
    ['of a large country', { countriesOfOrigin: ['CC'] }],
    ['of several countries', { countriesOfOrigin: ['MD', 'CC', 'DD'] }],
    ['of a country nobody comes from', { countriesOfOrigin: ['ZZ'] }],
    ['of a language', { languages: ['l3'] }],
    ['of a language of one region', { languages: ['l3-AT'] }],
    ['of several languages', { languages: ['l3', 'l4', 'zz'] }],
    ['of a language nobody writes', { languages: ['zz'] }],
    ['of a hashtag', { hashtags: ['tag17'] }],
    ['of a hashtag nobody uses', { hashtags: ['nothing'] }],
    ['of a country and a language', { countriesOfOrigin: ['DD'], languages: ['l3'] }],
    ['of an event', { eventId: eventIds.encode(eventId) }],
  ])('a feed %s never reads the whole table, on the first page and far down', async (_name, filter) => {
    const feed = createFeed({ posts: service() });
    for (const viewer of [null, aViewer()]) {
      for (const after of [null, middle]) {
        const page = parsePage({ first: 20, after }, newestFirst);
        const { plan, discarded } = await planOf(() => feed.list(viewer, filter, page));
        expect(plan).not.toContain('Seq Scan');
        expect(discarded).toBeLessThan(posts / 4);
      }
    }
  });

  it('the posts of a person are found by an index, to list them and to correct their origin', async () => {
    const [{ author_id: authorId }] = await db.$queryRaw<
      [{ author_id: string }]
    >`SELECT author_id FROM posts LIMIT 1`;
    const page = parsePage({ last: 20 }, newestFirst);
    const listing = await planOf(() => service().list(null, { authorId }, page));
    expect(listing.plan).toContain('posts_by_author');
    const correcting = await planOf(() => db.$transaction((tx) => followOrigin(tx, authorId, 'XX')));
    expect(correcting.plan).toContain('posts_by_author');
  });

  it.each(['author', 'event'] as const)(
    'first pages of 20 parents are found by an index: %s',
    async (parent) => {
      const ids = await db.$queryRawUnsafe<{ id: string }[]>(
        `SELECT DISTINCT ${parent}_id AS id FROM posts LIMIT 20`,
      );
      for (const viewer of [null, aViewer()]) {
        for (const page of [parsePage({ first: 20 }, newestFirst), parsePage({ last: 20 }, newestFirst)]) {
          const { firstPostsOfAuthor, firstPostsOfEvent } = createPostLoaders(db, viewer);
          const load = parent === 'author' ? firstPostsOfAuthor(page) : firstPostsOfEvent(page);
          const { plan, discarded } = await planOf(() => load.loadMany(ids.map(({ id }) => id)));
          expect(plan).not.toContain('Seq Scan');
          expect(plan).toContain(`posts_by_${parent}`);
          expect(discarded).toBeLessThan(posts / 10);
        }
      }
    },
  );
});
