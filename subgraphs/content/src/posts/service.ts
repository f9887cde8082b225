import {
  AppError,
  idempotent,
  parseInput,
  type Audit,
  type Clock,
  type Outbox,
  type Page,
  type Viewer,
} from '@diaspora/kit';
import type { Post } from '../__generated__/prisma/client.js';
import type { Db, Prisma, Transaction } from '../database.js';
import { eventIds, postIds } from '../ids.js';
import { lockMember } from '../members/index.js';
import type { ContentMessages } from '../messages.js';
import { assertMayBeAbout, ownReadyFiles, replaceFiles } from './attachments.js';
import { postPublished } from './published.js';
import { hashtagsOf, newPost, postChanges } from './rules.js';
import { lockPost, lockRow, visiblePosts } from './visibility.js';

export type Posts = ReturnType<typeof createPosts>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<ContentMessages>;
  readonly audit: Audit;
}

export function createPosts({ db, clock, outbox, audit }: Dependencies) {
  async function create(author: Viewer, input: unknown): Promise<Post> {
    const { idempotencyKey: key, ...request } = parseInput(newPost, input);
    const call = { actor: author.id, operation: 'createPost', key, request };
    const { postId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const { text, language, visibility } = request;
        const eventId = request.eventId === null ? null : eventIds.decode(request.eventId);
        if (eventId) await assertMayBeAbout(tx, eventId, visibility);
        const files = await ownReadyFiles(tx, author.id, request.mediaIds);
        const { countryOfOrigin: authorOrigin } = await lockMember(tx, author.id);
        const post = await tx.post.create({
          data: {
            id: postIds.create(),
            authorId: author.id,
            authorOrigin,
            eventId,
            text,
            language,
            visibility,
            hashtags: hashtagsOf(text),
            publishedAt: clock.now(),
            media: { create: files },
          },
        });
        await outbox.publish(tx, postPublished(post));
        return { postId: post.id };
      }),
    );
    const post = await db.post.findFirst({ where: { id: postId, removedAt: null } });
    if (!post)
      throw new AppError('CONFLICT', 'The post that this key made was deleted.', {
        path: ['idempotencyKey'],
      });
    return post;
  }

  /** Changes a post if it is still the expected version; the CONFLICT carries the current one otherwise. */
  async function edit(author: Viewer, postId: string, input: { expectedVersion: number }): Promise<Post> {
    const { expectedVersion, ...rest } = input;
    const { mediaIds: files, ...changes } = parseInput(postChanges, rest);
    return db.$transaction(async (tx) => {
      const current = await lockPost(tx, postId, author);
      if (current.authorId !== author.id) throw new AppError('FORBIDDEN', 'Only its author changes a post.');
      if (current.version !== expectedVersion) {
        throw new AppError('CONFLICT', 'The post has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { post: current },
        });
      }
      if (changes.visibility && current.eventId)
        await assertMayBeAbout(tx, current.eventId, changes.visibility);
      if (files) await replaceFiles(tx, postId, await ownReadyFiles(tx, author.id, files));
      const hashtags = changes.text === undefined ? current.hashtags : hashtagsOf(changes.text);
      const post = await tx.post.update({
        where: { id: postId },
        data: { ...changes, hashtags, version: { increment: 1 }, editedAt: clock.now() },
      });
      await outbox.publish(tx, postPublished(post));
      return post;
    });
  }

  /** Removes a post and erases what it said. To remove it again is no failure for those who may. */
  async function remove(actor: Viewer, postId: string): Promise<void> {
    await db.$transaction(async (tx) => {
      await lockRow(tx, postId);
      const known = await tx.post.findUnique({ where: { id: postId } });
      const mayRemove = known?.authorId === actor.id || actor.roles.includes('SUPER_USER');
      if (known?.removedAt && mayRemove) return;
      const post = await lockPost(tx, postId, actor);
      if (!mayRemove) throw new AppError('FORBIDDEN', 'Only its author deletes a post.');
      const removedAt = clock.now();
      const version = post.version + 1;
      await tx.post.update({
        where: { id: postId },
        data: {
          removedAt,
          removedById: actor.id,
          version,
          text: '',
          hashtags: [],
          media: { deleteMany: {} },
        },
      });
      const data = { postId: postIds.encode(postId), version, removedAt: removedAt.toISOString() };
      await outbox.publish(tx, { type: 'post.removed', key: data.postId, data });
      // What one does to one's own is nobody's affair; what was said is gone here too.
      if (post.authorId !== actor.id) {
        await audit.record(tx, {
          action: 'post.removed',
          subject: { type: 'Post', id: data.postId },
          personId: post.authorId,
          before: { visibility: post.visibility, publishedAt: post.publishedAt, removedAt: null },
          after: { removedAt: data.removedAt },
        });
      }
    });
  }

  /** Posts the viewer sees, of those that `where` names. */
  const list = (viewer: Viewer | null, where: Prisma.PostWhereInput, page: Page): Promise<Post[]> =>
    db.post.findMany({
      where: { AND: [visiblePosts(viewer), where, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { create, edit, remove, list };
}

/** Posts follow their author's origin; called when users tell of it. */
export async function followOrigin(tx: Transaction, authorId: string, authorOrigin: string): Promise<void> {
  await tx.post.updateMany({
    where: {
      authorId,
      removedAt: null,
      OR: [{ authorOrigin: null }, { authorOrigin: { not: authorOrigin } }],
    },
    data: { authorOrigin },
  });
}
