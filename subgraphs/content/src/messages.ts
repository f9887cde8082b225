import { defineMessages } from '@diaspora/kit';
import { z } from 'zod';

/** What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. */
export const messages = defineMessages('content', {
  /** The whole post after it was written or edited; a higher version wins. Keyed by the post. */
  'post.published': {
    version: 1,
    schema: z.object({
      postId: z.string(),
      version: z.number().int(),
      authorId: z.string(),
      eventId: z.string().nullable(),
      text: z.string(),
      language: z.string(),
      hashtags: z.array(z.string()),
      visibility: z.enum(['PUBLIC', 'MEMBERS']),
      publishedAt: z.iso.datetime(),
    }),
  },
  /** The post is gone for good. Its version is higher than that of any post.published before. */
  'post.removed': {
    version: 1,
    schema: z.object({ postId: z.string(), version: z.number().int(), removedAt: z.iso.datetime() }),
  },
  /** Keyed by the post. */
  'comment.added': {
    version: 1,
    schema: z.object({
      commentId: z.string(),
      postId: z.string(),
      postAuthorId: z.string(),
      authorId: z.string(),
      /** The beginning of the comment, at most 140 characters. */
      excerpt: z.string(),
      createdAt: z.iso.datetime(),
    }),
  },
  /** Keyed by the post. */
  'reaction.added': {
    version: 1,
    schema: z.object({
      postId: z.string(),
      postAuthorId: z.string(),
      userId: z.string(),
      kind: z.enum(['LIKE']),
      createdAt: z.iso.datetime(),
    }),
  },
});

export type ContentMessages = typeof messages;
