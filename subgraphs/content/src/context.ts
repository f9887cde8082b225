import type { BaseContext } from '@diaspora/kit';
import type { CommentLoaders, Comments } from './comments/index.js';
import type { Feed } from './feed/index.js';
import type { MediaLoaders, Uploads } from './media/index.js';
import type { MediaGrants, MessageMediaLoaders } from './message-media/index.js';
import type { PostLoaders, Posts } from './posts/index.js';
import type { ReactionLoaders, Reactions } from './reactions/index.js';

export interface Services {
  readonly uploads: Uploads;
  readonly mediaGrants: MediaGrants;
  readonly posts: Posts;
  readonly comments: Comments;
  readonly reactions: Reactions;
  readonly feed: Feed;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: MediaLoaders & MessageMediaLoaders & PostLoaders & CommentLoaders & ReactionLoaders;
}
