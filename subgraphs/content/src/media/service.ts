import { createHash } from 'node:crypto';
import {
  AppError,
  hourMs,
  idempotent,
  parseInput,
  type Clock,
  type Logger,
  type ObjectStore,
  type UploadForm,
} from '@diaspora/kit';
import { fileTypeFromBuffer } from 'file-type';
import type { Media } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { mediaIds } from '../ids.js';
import type { MediaModel } from '../models.js';
import { createDownloadUrls } from './download-urls.js';
import { assertFits, contentKey, faultOf, quarantineKey, uploadRequest, type SizeLimits } from './rules.js';
import { createTurns } from './turns.js';

export type Uploads = ReturnType<typeof createUploads>;

export interface UploadsDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly storage: ObjectStore;
  readonly log: Logger;
  readonly limits: SizeLimits;
  readonly uploadSeconds: number;
  readonly downloadSeconds: number;
  /** Base of public URLs; null when files are reached by signed URLs. */
  readonly publicUrl: string | null;
}

/** Enough for every magic number that file-type knows of images. */
const sniffedBytes = 4_100;
/** Files are in memory while they are verified, each with all its bytes. */
const verifiedAtOnce = 4;
/** A form that began just before its end may still be on its way. */
const reapGraceMs = hourMs;
const reapBatch = 100;
/** What somebody may see now and perhaps not in a while: as long as it takes to begin to load it. */
const confidentialSeconds = 60;

export function createUploads({ db, clock, storage, log, limits, ...settings }: UploadsDependencies) {
  const inTurn = createTurns(verifiedAtOnce);
  const downloadUrl = createDownloadUrls({ clock, storage, seconds: settings.downloadSeconds });
  const confidentialUrl = createDownloadUrls({ clock, storage, seconds: confidentialSeconds });

  /**
   * A place to post a file to. The same call again gives a form for the same file while the first would still work, and
   * later, too, once the file is there.
   */
  async function request(ownerId: string, input: unknown): Promise<{ media: Media; form: UploadForm }> {
    const upload = parseInput(uploadRequest, input);
    assertFits(upload, limits);
    const { idempotencyKey: key, contentType, sizeBytes, fileName = null } = upload;
    const call = {
      actor: ownerId,
      operation: 'requestUpload',
      key,
      request: { contentType, sizeBytes, fileName },
    };
    const { mediaId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const id = mediaIds.create();
        const createdAt = clock.now();
        const expiresAt = new Date(createdAt.getTime() + settings.uploadSeconds * 1_000);
        await tx.media.create({
          data: { id, ownerId, contentType, sizeBytes, fileName, createdAt, expiresAt },
        });
        return { mediaId: id };
      }),
    );
    const media = await db.media.findUniqueOrThrow({ where: { id: mediaId } });
    const seconds = Math.floor((media.expiresAt.getTime() - clock.now().getTime()) / 1_000);
    if (media.status !== 'READY' && (media.status !== 'PENDING' || seconds < 1)) {
      throw new AppError('CONFLICT', 'This upload is over. Ask for another with another key.', {
        path: ['idempotencyKey'],
      });
    }
    const form = await storage.presignUpload({
      key: quarantineKey(mediaId),
      contentType,
      sizeBytes,
      seconds: Math.max(1, seconds),
    });
    return { media, form };
  }

  /** Verifies what was posted. Settled once: later calls, and calls at the same time, answer what the first found. */
  async function complete(ownerId: string, mediaId: string): Promise<Media> {
    const media = await db.media.findFirst({ where: { id: mediaId, ownerId } });
    if (!media) throw new AppError('NOT_FOUND', 'There is no such upload.', { path: ['mediaId'] });
    if (media.status !== 'PENDING') return media;
    return inTurn(() => verify(mediaId));
  }

  async function verify(mediaId: string): Promise<Media> {
    const media = await db.media.findUniqueOrThrow({ where: { id: mediaId } });
    if (media.status !== 'PENDING') return media;
    const file = await reached(storage.read(quarantineKey(mediaId), media.sizeBytes));
    if (!file)
      throw new AppError('UPLOAD_MISSING', 'The file has not been posted yet.', { path: ['mediaId'] });
    // From here on only these bytes count: whoever posts again meanwhile changes nothing that was verified.
    const type = await fileTypeFromBuffer(file.bytes.subarray(0, sniffedBytes));
    const rejection = faultOf({ sizeBytes: file.sizeBytes, contentType: type?.mime }, media);
    if (rejection) return settle(mediaId, { status: 'REJECTED', rejection });
    const sha256 = createHash('sha256').update(file.bytes).digest('hex');
    const { contentType } = media;
    await underContentLock(sha256, async (tx) => {
      await reached(storage.putOnce(contentKey(sha256, contentType), { bytes: file.bytes, contentType }));
      await settle(mediaId, { status: 'READY', sha256 }, tx);
    });
    return db.media.findUniqueOrThrow({ where: { id: mediaId } });
  }

  const reached = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    answer.catch((error: unknown) => {
      log.error({ err: error }, 'the object store did not answer');
      throw new AppError('UNAVAILABLE', 'Files cannot be looked at right now. Try again later.');
    });

  async function settle(
    id: string,
    outcome: Pick<Media, 'status'> & Partial<Media>,
    client: Transaction = db,
  ): Promise<Media> {
    await client.media.updateMany({
      where: { id, status: 'PENDING' },
      data: { ...outcome, settledAt: clock.now() },
    });
    return client.media.findUniqueOrThrow({ where: { id } });
  }

  /** Equal content has one place: whoever fills it and whoever empties it take turns. */
  const underContentLock = <T>(sha256: string, run: (tx: Transaction) => Promise<T>): Promise<T> =>
    db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${sha256}, 0))`;
      return run(tx);
    });

  /** Removes a person's files from the store, but what others have uploaded too. The rows stay. */
  async function removeFilesOf(ownerId: string): Promise<void> {
    const uploads = await db.media.findMany({ where: { ownerId } });
    for (const { id, sha256, contentType, clearedAt } of uploads) {
      if (!clearedAt) await storage.remove(quarantineKey(id));
      if (!sha256) continue;
      await underContentLock(sha256, async (tx) => {
        const others = await tx.media.count({ where: { sha256, contentType, ownerId: { not: ownerId } } });
        if (others === 0) await storage.remove(contentKey(sha256, contentType));
      });
    }
  }

  /**
   * Empties quarantine of everything whose form is dead, and gives up uploads never finished. Files go only when no
   * form can bring them back, which is why verified ones wait here too. Returns how many uploads are done with.
   */
  async function reap(): Promise<number> {
    const before = new Date(clock.now().getTime() - reapGraceMs);
    const due = { clearedAt: null, expiresAt: { lt: before } };
    let cleared = 0;
    for (;;) {
      const batch = await db.media.findMany({ where: due, orderBy: { expiresAt: 'asc' }, take: reapBatch });
      for (const { id } of batch) {
        await settle(id, { status: 'REJECTED', rejection: 'NEVER_FINISHED' });
        await storage.remove(quarantineKey(id));
        await db.media.updateMany({ where: { id }, data: { clearedAt: clock.now() } });
      }
      cleared += batch.length;
      if (batch.length < reapBatch) return cleared;
    }
  }

  /** Where to read a file; null until it is READY. Never for good, nor for long, where it is confidential. */
  async function urlOf(media: MediaModel): Promise<string | null> {
    if (media.status !== 'READY' || !media.sha256) return null;
    const key = contentKey(media.sha256, media.contentType);
    if (media.isConfidential) return confidentialUrl(key);
    if (settings.publicUrl) return `${settings.publicUrl.replace(/\/$/, '')}/${key}`;
    return downloadUrl(key);
  }

  return { request, complete, reap, removeFilesOf, urlOf };
}
