import { createPool, type MessageOf, type MessageType } from '@diaspora/kit';
import { createMemoryPrivateStore, createTestDatabase, testClock, testSubgraph } from '@diaspora/kit/testing';
import type { ContentMessages } from '@diaspora/content/messages';
import type { EventsMessages } from '@diaspora/events/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import { PrismaPg } from '@prisma/adapter-pg';
import { connectDatabase, type Transaction } from '../database.js';
import { eventIds, postIds, userIds } from '../ids.js';
import { createSearchSubgraph } from '../subgraph.js';

type DataOf<Definitions extends UsersMessages | EventsMessages | ContentMessages> = {
  [Type in MessageType<Definitions>]: MessageOf<Definitions, Type>;
};
type Told = DataOf<UsersMessages> & DataOf<EventsMessages> & DataOf<ContentMessages>;

export type Profile = Told['user.profileChanged'];
export type EventSnapshot = Told['event.published'];
export type Post = Told['post.published'];

/** What an owner tells, as it would come off the bus. */
export type Telling = { [Type in keyof Told]: { type: Type; data: Told[Type] } }[keyof Told];

export type Search = Awaited<ReturnType<typeof givenSearch>>;

/** The subgraph on a database of its own. */
export async function givenSearch() {
  const database = await createTestDatabase('search');
  const statements: string[] = [];
  const pool = createPool({ url: database.url, onStatement: (sql) => statements.push(sql) });
  const db = connectDatabase(new PrismaPg(pool));
  const privateStore = createMemoryPrivateStore();
  const subgraph = createSearchSubgraph({ db, clock: testClock(), privateStore });
  const client = testSubgraph(subgraph);

  /** Handles a message as the consumer would, without its inbox: what comes twice is handled twice. */
  async function receive({ type, data }: Telling): Promise<void> {
    const handler = subgraph.handlers?.find((each) => each.type === type);
    if (!handler) throw new Error(`Nobody listens to ${type}.`);
    const message = { id: eventIds.create(), source: handler.source, type, key: '', time: new Date() };
    const read: unknown = handler.schema.parse(JSON.parse(JSON.stringify(data)));
    await db.$transaction((tx: Transaction) =>
      handler.handle({ ...message, requestId: undefined, traceparent: undefined, data: read }, tx as never),
    );
  }

  return {
    db,
    database,
    subgraph,
    privateStore,
    statements,
    receive,
    as: client.as,
    anonymous: client.anonymous,
    given: builders(receive),
    stop: async () => {
      await client.stop();
      await db.$disconnect();
      await pool.end();
      await database.drop();
    },
  };
}

function builders(receive: (telling: Telling) => Promise<void>) {
  return {
    person: async (overrides: Partial<Profile> = {}) => {
      const data = aProfile(overrides);
      await receive({ type: 'user.profileChanged', data });
      return data;
    },
    event: async (overrides: Partial<EventSnapshot> = {}) => {
      const data = anEvent(overrides);
      await receive({ type: 'event.published', data });
      return data;
    },
    post: async (overrides: Partial<Post> = {}) => {
      const data = aPost(overrides);
      await receive({ type: 'post.published', data });
      return data;
    },
  };
}

export const aProfile = (overrides: Partial<Profile> = {}): Profile => ({
  userId: userIds.encode(userIds.create()),
  version: 1,
  displayName: 'Somebody',
  headline: null,
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['ro'],
  domains: ['ICT'],
  isDiscoverable: true,
  ...overrides,
});

export const anEvent = (overrides: Partial<EventSnapshot> = {}): EventSnapshot => ({
  eventId: eventIds.encode(eventIds.create()),
  version: 1,
  title: 'Something',
  description: 'About it.',
  language: 'en',
  domain: 'OTHERS',
  type: 'FREE',
  status: 'PUBLISHED',
  visibility: 'PUBLIC',
  startsAt: '2026-07-01T18:00:00.000Z',
  endsAt: '2026-07-01T20:00:00.000Z',
  timeZone: 'Europe/Berlin',
  countryCode: 'DE',
  city: 'Berlin',
  venue: null,
  latitude: null,
  longitude: null,
  organizerId: userIds.encode(userIds.create()),
  capacity: null,
  tags: [],
  ...overrides,
});

export const aPost = (overrides: Partial<Post> = {}): Post => ({
  postId: postIds.encode(postIds.create()),
  version: 1,
  authorId: userIds.encode(userIds.create()),
  eventId: null,
  text: 'Something.',
  language: 'en',
  hashtags: [],
  visibility: 'PUBLIC',
  publishedAt: '2026-06-01T12:00:00.000Z',
  ...overrides,
});

const hitId = `... on Event { id } ... on User { id } ... on Post { id }`;

export const searchFields = `edges { cursor score node { __typename ${hitId} } highlight { text isMatch } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

export const searchQuery = `query (
  $query: String!, $types: [SearchType!], $filter: SearchFilter, $facets: [SearchFacet!],
  $first: Int, $after: String, $last: Int, $before: String
) {
  search(query: $query, types: $types, filter: $filter, facets: $facets,
    first: $first, after: $after, last: $last, before: $before
  ) { ${searchFields} totalCount facets { facet buckets { value count } } }
}`;
