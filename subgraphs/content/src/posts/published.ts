import type { OutgoingMessage } from '@diaspora/kit';
import type { Post } from '../__generated__/prisma/client.js';
import { eventIds, postIds, userIds } from '../ids.js';
import type { ContentMessages } from '../messages.js';

/** The message that carries the whole post. */
export function postPublished(post: Post): OutgoingMessage<ContentMessages, 'post.published'> {
  const postId = postIds.encode(post.id);
  const { version, text, language, hashtags, visibility } = post;
  return {
    type: 'post.published',
    key: postId,
    data: {
      postId,
      version,
      text,
      language,
      hashtags,
      visibility,
      authorId: userIds.encode(post.authorId),
      eventId: post.eventId && eventIds.encode(post.eventId),
      publishedAt: post.publishedAt.toISOString(),
    },
  };
}
