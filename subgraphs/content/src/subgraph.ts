import {
  createAudit,
  createObjectStore,
  createOutbox,
  createPersonalData,
  createPrivateStore,
  defineJob,
  defineSubgraph,
  onJob,
  startSubgraph,
  type Clock,
  type Logger,
  type ObjectStore,
  type PrivateStore,
  type RunningSubgraph,
} from '@diaspora/kit';
import { z } from 'zod';
import { blockHandlers } from './blocks/index.js';
import { commentsSlice, createCommentLoaders, createComments } from './comments/index.js';
import type { ContentConfig } from './config.js';
import type { Context } from './context.js';
import { connectDatabase, type Db } from './database.js';
import { eventHandlers } from './events/index.js';
import { createFeed, feedSlice } from './feed/index.js';
import { userIds } from './ids.js';
import { createMediaLoaders, createUploads, mediaSlice } from './media/index.js';
import { createMemberHandlers } from './members/index.js';
import { createMediaGrants, createMessageMediaLoaders, messageMediaSlice } from './message-media/index.js';
import { messages } from './messages.js';
import { createContentPersonalData } from './personal-data/index.js';
import { createPostLoaders, createPosts, followOrigin, postsSlice, visiblePosts } from './posts/index.js';
import { createReactionLoaders, createReactions, reactionsSlice } from './reactions/index.js';

export interface ContentDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly storage: ObjectStore;
  readonly privateStore: PrivateStore;
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
    | 'VIEWER_SECRET'
  >;
}

const reapUploads = defineJob('reapUploads', z.object({}));

/** The composition root: dependencies in, subgraph out. */
export function createContentSubgraph(dependencies: ContentDependencies) {
  const { db, clock, storage, privateStore, log, config } = dependencies;
  const outbox = createOutbox(messages, { clock });
  const audit = createAudit({ source: 'content', clock });
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
  const posts = createPosts({ db, clock, outbox, audit });
  const comments = createComments({ db, clock, outbox, audit });
  const reactions = createReactions({ db, clock, outbox });
  const personalData = createPersonalData({
    source: 'content',
    requestedBy: 'users',
    personIds: userIds,
    clock,
    db,
    store: privateStore,
    personalData: createContentPersonalData({ db, clock, outbox, storage, uploads }),
  });
  const mediaGrants = createMediaGrants({ clock, secret: config.VIEWER_SECRET });
  const services = { uploads, mediaGrants, posts, comments, reactions, feed: createFeed({ posts }) };

  return defineSubgraph<Context>({
    name: 'content',
    slices: [mediaSlice, postsSlice, commentsSlice, reactionsSlice, feedSlice, messageMediaSlice],
    createContext: (base) => ({
      ...base,
      services,
      loaders: {
        ...createMediaLoaders(db, base.viewer, visiblePosts(base.viewer)),
        ...createMessageMediaLoaders(db),
        ...createPostLoaders(db, base.viewer),
        ...createCommentLoaders(db, base.viewer),
        ...createReactionLoaders(db, base.viewer),
      },
    }),
    handlers: [
      ...createMemberHandlers({ onOriginKnown: followOrigin }),
      ...blockHandlers,
      ...eventHandlers,
      ...personalData.handlers,
    ],
    jobs: {
      ...personalData.jobs,
      ...onJob(reapUploads, async (_payload, { log }) => {
        const cleared = await uploads.reap();
        if (cleared > 0) log.info({ cleared }, 'uploads cleared from quarantine');
      }),
    },
    crontab: `*/10 * * * * ${reapUploads.name}`,
  });
}

/** Starts the service as configured; used by main.ts and by the one-machine run. */
export function startContent(options: {
  config: ContentConfig;
  log: Logger;
  clock?: Clock;
}): Promise<RunningSubgraph> {
  const { config } = options;
  return startSubgraph({
    ...options,
    name: 'content',
    connect: connectDatabase,
    create: async ({ db, clock, log, onStop }) => {
      const storage = await createObjectStore(config);
      onStop(() => storage.stop());
      const privateStore = await createPrivateStore(config);
      onStop(() => privateStore.stop());
      return createContentSubgraph({ db, clock, storage, privateStore, log, config });
    },
  });
}
