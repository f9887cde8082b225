import { inPages, type Archive, type ObjectStore } from '@diaspora/kit';
import type { Comment, Media, Post, Reaction } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { commentIds, eventIds, mediaIds, postIds } from '../ids.js';
import { contentKey } from '../media/index.js';

interface Dependencies {
  readonly db: Db;
  readonly storage: Pick<ObjectStore, 'read'>;
}

/** What the person wrote, liked and uploaded, with the files themselves. */
export const createExport =
  ({ db, storage }: Dependencies) =>
  async (personId: string, archive: Archive): Promise<void> => {
    await archive.records('posts', postsOf(db, personId));
    await archive.records('comments', commentsOf(db, personId));
    await archive.records('reactions', reactionsOf(db, personId));
    await archive.records('media', describedMediaOf(db, personId));
    for await (const media of mediaOf(db, personId)) {
      if (media.status !== 'READY' || !media.sha256) continue;
      const key = contentKey(media.sha256, media.contentType);
      const file = await storage.read(key, media.sizeBytes);
      if (!file) throw new Error('A file of the export is not in the store');
      await archive.file(fileOf(media), { body: file.bytes, contentType: media.contentType });
    }
  };

const beyond = (after: { id: string } | undefined) => (after ? { id: { gt: after.id } } : {});
const page = { orderBy: { id: 'asc' } } as const;

async function* postsOf(db: Db, authorId: string) {
  const posts = inPages<Post & { media: { mediaId: string }[] }>((after, take) =>
    db.post.findMany({
      where: { authorId, removedAt: null, ...beyond(after) },
      include: { media: { select: { mediaId: true }, orderBy: { position: 'asc' } } },
      take,
      ...page,
    }),
  );
  for await (const { id, eventId, text, language, visibility, publishedAt, editedAt, media } of posts)
    yield {
      id: postIds.encode(id),
      eventId: eventId && eventIds.encode(eventId),
      text,
      language,
      visibility,
      publishedAt,
      editedAt,
      mediaIds: media.map(({ mediaId }) => mediaIds.encode(mediaId)),
    };
}

async function* commentsOf(db: Db, authorId: string) {
  const comments = inPages<Comment>((after, take) =>
    db.comment.findMany({ where: { authorId, ...beyond(after) }, take, ...page }),
  );
  for await (const { id, postId, text, createdAt, deletedAt } of comments)
    yield { id: commentIds.encode(id), postId: postIds.encode(postId), text, createdAt, deletedAt };
}

async function* reactionsOf(db: Db, userId: string) {
  const reactions = inPages<Reaction>((after, take) =>
    db.reaction.findMany({
      where: { userId, ...(after && { postId: { gt: after.postId } }) },
      orderBy: { postId: 'asc' },
      take,
    }),
  );
  for await (const { postId, kind, createdAt } of reactions)
    yield { postId: postIds.encode(postId), kind, createdAt };
}

const mediaOf = (db: Db, ownerId: string) =>
  inPages<Media>((after, take) => db.media.findMany({ where: { ownerId, ...beyond(after) }, take, ...page }));

async function* describedMediaOf(db: Db, ownerId: string) {
  for await (const media of mediaOf(db, ownerId)) {
    const { id, status, contentType, sizeBytes, fileName, createdAt } = media;
    const file = status === 'READY' ? fileOf(media) : null;
    yield { id: mediaIds.encode(id), file, status, contentType, sizeBytes, fileName, createdAt };
  }
}

const fileOf = ({ id, contentType }: Media): string =>
  `media/${mediaIds.encode(id)}.${contentType.split('/')[1]}`;
