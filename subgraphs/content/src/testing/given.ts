import { createPool, type Viewer } from '@diaspora/kit';
import {
  aViewer,
  createMemoryPrivateStore,
  createTestDatabase,
  patience,
  patientOptions,
  silentLog,
  testClock,
  testSubgraph,
} from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Post } from '../__generated__/prisma/client.js';
import type { ContentConfig } from '../config.js';
import { PrismaClient, type Db } from '../database.js';
import { commentIds, eventIds, mediaIds, postIds, userIds } from '../ids.js';
import { createContentSubgraph } from '../subgraph.js';
import { createMemoryStorage } from './memory-storage.js';

export const config = {
  DOWNLOAD_SECONDS: 600,
  MAX_GIF_BYTES: 10_000,
  MAX_JPEG_BYTES: 10_000,
  MAX_PNG_BYTES: 10_000,
  MAX_WEBP_BYTES: 10_000,
  MEDIA_PUBLIC_URL: undefined,
  UPLOAD_SECONDS: 900,
  VIEWER_SECRET: 'a viewer secret for tests only, long',
};

/** The subgraph on a database of its own, with an object store in memory. */
export async function givenContent() {
  const database = await createTestDatabase('content');
  let statements = 0;
  const pool = createPool({
    url: database.url,
    max: 20,
    waitMs: patience,
    onStatement: () => statements++,
  });
  const db = new PrismaClient({ adapter: new PrismaPg(pool), ...patientOptions });
  const clock = testClock();
  const storage = createMemoryStorage(clock);
  const privateStore = createMemoryPrivateStore();
  const parts = { db, clock, storage, privateStore, log: silentLog };
  const subgraph = createContentSubgraph({ ...parts, config });
  const client = testSubgraph(subgraph);
  /** The same, configured otherwise. */
  const configured = (changes: Partial<ContentConfig>) =>
    testSubgraph(createContentSubgraph({ ...parts, config: { ...config, ...changes } }));
  /** Hands a message to the handler that listens to it, in a transaction of its own. */
  const receive = (type: string, data: object) =>
    db.$transaction(async (tx) => {
      const handler = subgraph.handlers?.find((candidate) => candidate.type === type);
      if (!handler) throw new Error(`nobody listens to ${type}`);
      const message = { id: 'm', source: handler.source, type, key: 'k', time: clock.now() };
      const rest = { requestId: undefined, traceparent: undefined, data: handler.schema.parse(data) };
      await handler.handle({ ...message, ...rest }, tx as never);
    });
  /** What waits to be told to others, oldest first. */
  const published = async () => {
    const rows = await db.$queryRaw<
      { envelope: { type: string; subject: string; data: Record<string, unknown> } }[]
    >`
      SELECT envelope FROM kit.outbox ORDER BY position`;
    return rows.map(({ envelope: { type, subject: key, data } }) => ({ type, key, data }));
  };
  return {
    db,
    clock,
    storage,
    subgraph,
    privateStore,
    configured,
    receive,
    published,
    databaseUrl: database.url,
    ownerUrl: database.ownerUrl,
    adminUrl: database.adminUrl,
    statements: () => statements,
    given: builders(db, clock),
    as: client.as,
    anonymous: client.anonymous,
    stop: async () => {
      await client.stop();
      await db.$disconnect();
      await pool.end();
      await database.drop();
    },
  };
}

export type Content = Awaited<ReturnType<typeof givenContent>>;

function builders(db: Db, clock: ReturnType<typeof testClock>) {
  /** Somebody users have told of. */
  async function member(overrides: Partial<Viewer> & { countryOfOrigin?: string } = {}): Promise<Viewer> {
    const { countryOfOrigin = 'RO', ...rest } = overrides;
    const viewer = aViewer(rest);
    await db.member.create({ data: { userId: viewer.id, countryOfOrigin, languages: ['ro'], version: 1 } });
    return viewer;
  }

  /** A post as the table has it; a millisecond later than the one before. */
  async function post(overrides: Partial<Post> = {}): Promise<Post & { publicId: string }> {
    clock.advance(1);
    const { authorId = userIds.create() } = overrides;
    await db.member.createMany({ data: [{ userId: authorId }], skipDuplicates: true });
    const row = await db.post.create({
      data: {
        id: postIds.create(),
        authorId,
        authorOrigin: 'RO',
        text: 'Salut',
        language: 'ro',
        hashtags: [],
        visibility: 'PUBLIC',
        publishedAt: clock.now(),
        ...overrides,
      },
    });
    return { ...row, publicId: postIds.encode(row.id) };
  }

  async function comment(onPost: { id: string }, overrides: { authorId?: string; text?: string } = {}) {
    clock.advance(1);
    const { authorId = userIds.create(), text = 'Ce frumos!' } = overrides;
    await db.member.createMany({ data: [{ userId: authorId }], skipDuplicates: true });
    await db.post.update({ where: { id: onPost.id }, data: { commentCount: { increment: 1 } } });
    const row = await db.comment.create({
      data: { id: commentIds.create(), postId: onPost.id, authorId, text, createdAt: clock.now() },
    });
    return { ...row, publicId: commentIds.encode(row.id) };
  }

  async function media(ownerId: string, status: 'READY' | 'PENDING' = 'READY') {
    const id = mediaIds.create();
    const sha256 = status === 'READY' ? 'ab'.repeat(32) : null;
    const now = clock.now();
    const file = {
      contentType: 'image/png',
      sizeBytes: 70,
      fileName: 'cat.png',
      createdAt: now,
      expiresAt: now,
    };
    await db.media.create({ data: { id, ownerId, status, sha256, ...file } });
    return { id, publicId: mediaIds.encode(id) };
  }

  async function event(visibility: 'PUBLIC' | 'UNLISTED' | 'MEMBERS' | 'PRIVATE' = 'PUBLIC') {
    const id = eventIds.create();
    await db.knownEvent.create({ data: { id, visibility, version: 1 } });
    return { id, publicId: eventIds.encode(id) };
  }

  return { member, post, comment, media, event };
}
