import { AppError } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { mediaIds } from '../ids.js';
import { mayBeAbout, type PostVisibility } from './rules.js';

/** Throws when a post of this visibility may not name the event. */
export async function assertMayBeAbout(
  tx: Transaction,
  eventId: string,
  visibility: PostVisibility,
): Promise<void> {
  const event = await tx.knownEvent.findUnique({ where: { id: eventId } });
  if (mayBeAbout(event, visibility)) return;
  throw new AppError(
    'NOT_FOUND',
    'There is no such event, or fewer people see it than would see this post.',
    {
      path: ['eventId'],
    },
  );
}

/** The files in the order given; each must be the author's own and READY. */
export async function ownReadyFiles(tx: Transaction, ownerId: string, ids: readonly string[]) {
  const files = ids.map((id, position) => ({ mediaId: mediaIds.decode(id), position }));
  const known = await tx.media.findMany({
    where: { ownerId, id: { in: files.map(({ mediaId }) => mediaId) } },
  });
  for (const { mediaId, position } of files) {
    const path = ['mediaIds', String(position)];
    const media = known.find(({ id }) => id === mediaId);
    if (!media) throw new AppError('NOT_FOUND', 'There is no such file of yours.', { path });
    if (media.status !== 'READY') throw new AppError('MEDIA_NOT_READY', 'This file is not ready.', { path });
  }
  return files;
}

export async function replaceFiles(
  tx: Transaction,
  postId: string,
  files: readonly { mediaId: string; position: number }[],
) {
  await tx.postMedia.deleteMany({ where: { postId } });
  await tx.postMedia.createMany({ data: files.map((file) => ({ ...file, postId })) });
}
