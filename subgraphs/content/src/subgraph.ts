import {
  createOutbox,
  defineJob,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Clock,
  type Logger,
  type RunningSubgraph,
} from '@diaspora/kit';
import { z } from 'zod';
import { commentsSlice, createCommentLoaders, createComments } from './comments/index.js';
import type { ContentConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import { eventHandlers } from './events/index.js';
import { createFeed, feedSlice } from './feed/index.js';
import {
  createMediaLoaders,
  createS3Storage,
  createUploads,
  mediaSlice,
  type Storage,
} from './media/index.js';
import { createMemberHandlers } from './members/index.js';
import { messages } from './messages.js';
import { createPostLoaders, createPosts, followOrigin, postsSlice, visiblePosts } from './posts/index.js';
import { createReactionLoaders, createReactions, reactionsSlice } from './reactions/index.js';

export interface ContentDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Logger;
  readonly config: Pick<
    ContentConfig,
    | 'DOWNLOAD_SECONDS'
    | 'MAX_GIF_BYTES'
    | 'MAX_JPEG_BYTES'
    | 'MAX_PNG_BYTES'
    | 'MAX_WEBP_BYTES'
    | 'MEDIA_PUBLIC_URL'
    | 'UPLOAD_SECONDS'
  >;
}

const reapUploads = defineJob('reapUploads', z.object({}));

/** The composition root: dependencies in, subgraph out. */
export function createContentSubgraph({ db, clock, storage, log, config }: ContentDependencies) {
  const outbox = createOutbox(messages, { clock });
  const uploads = createUploads({
    db,
    clock,
    storage,
    log,
    limits: {
      'image/jpeg': config.MAX_JPEG_BYTES,
      'image/png': config.MAX_PNG_BYTES,
      'image/gif': config.MAX_GIF_BYTES,
      'image/webp': config.MAX_WEBP_BYTES,
    },
    uploadSeconds: config.UPLOAD_SECONDS,
    downloadSeconds: config.DOWNLOAD_SECONDS,
    publicUrl: config.MEDIA_PUBLIC_URL ?? null,
  });
  const posts = createPosts({ db, clock, outbox });
  const comments = createComments({ db, clock, outbox });
  const reactions = createReactions({ db, clock, outbox });
  const services = { uploads, posts, comments, reactions, feed: createFeed({ posts }) };

  return defineSubgraph<Context>({
    name: 'content',
    slices: [mediaSlice, postsSlice, commentsSlice, reactionsSlice, feedSlice],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createMediaLoaders(db, base.viewer, visiblePosts(base.viewer)),
        ...createPostLoaders(db, base.viewer),
        ...createCommentLoaders(db, base.viewer),
        ...createReactionLoaders(db, base.viewer),
      },
    }),
    handlers: [...createMemberHandlers({ onOriginKnown: followOrigin }), ...eventHandlers],
    jobs: onJob(reapUploads, async (_payload, { log }) => {
      const cleared = await uploads.reap();
      if (cleared > 0) log.info({ cleared }, 'uploads cleared from quarantine');
    }),
    crontab: `*/10 * * * * ${reapUploads.name}`,
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export async function startContent(options: {
  config: ContentConfig;
  log: Logger;
  clock?: Clock;
}): Promise<RunningSubgraph> {
  const { config } = options;
  const storage = createS3Storage({
    endpoint: config.S3_ENDPOINT,
    publicEndpoint: config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT,
    region: config.S3_REGION,
    bucket: config.S3_BUCKET,
    accessKeyId: config.S3_ACCESS_KEY_ID,
    secretAccessKey: config.S3_SECRET_ACCESS_KEY,
    forcePathStyle: config.S3_FORCE_PATH_STYLE,
    silenceMs: 5_000,
  });
  const running = await startSubgraph({
    ...options,
    name: 'content',
    connect: connectDatabase,
    create: ({ db, clock, log }) => createContentSubgraph({ db, clock, storage, log, config }),
  });
  return { ...running, stop: () => running.stop().finally(() => storage.stop()) };
}
