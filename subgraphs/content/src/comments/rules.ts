import { idempotencyKey, text } from '@diaspora/kit';
import { z } from 'zod';

export const newComment = z.object({
  idempotencyKey: idempotencyKey(),
  postId: z.string(),
  text: text({ max: 2_000 }),
});

const longestExcerpt = 140;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The beginning of a text, at most 140 characters (UTF-16 units), never cut inside what a reader sees as one. */
export function excerptOf(content: string): string {
  let end = 0;
  for (const { index, segment } of graphemes.segment(content)) {
    if (index + segment.length > longestExcerpt) break;
    end = index + segment.length;
  }
  return content.slice(0, end);
}

/** A comment goes by the hand of whoever wrote it or owns the post. */
export const mayDelete = (
  viewerId: string,
  comment: { readonly authorId: string },
  post: { readonly authorId: string },
): boolean => viewerId === comment.authorId || viewerId === post.authorId;
