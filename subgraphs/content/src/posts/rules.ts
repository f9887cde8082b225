import { foldName, idempotencyKey, text } from '@diaspora/kit';
import { z } from 'zod';

export type PostVisibility = 'PUBLIC' | 'MEMBERS';

const postText = text({ max: 5_000 });
const language = z.string().min(2).max(35);
const visibility = z.enum(['PUBLIC', 'MEMBERS']);
const media = z
  .array(z.string())
  .max(10, 'A post has at most 10 files.')
  .refine((ids) => new Set(ids).size === ids.length, { message: 'The same file is given twice.' });

export const newPost = z.object({
  idempotencyKey: idempotencyKey(),
  text: postText,
  language,
  visibility,
  mediaIds: media.nullish().transform((ids) => ids ?? []),
  eventId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
});

export const postChanges = z.object({
  text: postText.optional(),
  language: language.optional(),
  visibility: visibility.optional(),
  mediaIds: media.optional(),
});

const mostHashtags = 30;
const longestHashtag = 100;
// Letters, their marks, digits and underscores of every script, and the joiners that Persian and Indic words need.
const hashtag = /(?<![\p{L}\p{M}\p{N}_&/])[#＃]([\p{L}\p{M}\p{N}_\u200c\u200d]+)/gu;

/** Hashtags are compared folded: #Bucuresti and #BUCURESTI are one. */
export const foldHashtag = (tag: string): string => foldName(tag.trim().replace(/^[#＃]/u, ''));

/** The hashtags of a text, folded, each once, in order. A tag has a letter: "#1" is a number. */
export function hashtagsOf(content: string): string[] {
  const tags = [...content.matchAll(hashtag)]
    .map(([, tag]) => foldHashtag(tag ?? ''))
    .filter((tag) => /\p{L}/u.test(tag) && tag.length <= longestHashtag);
  return [...new Set(tags)].slice(0, mostHashtags);
}

/** Before whom events may be mentioned: a post must not be seen by more people than the event it names. */
const eventsOpenTo: Readonly<Record<PostVisibility, readonly string[]>> = {
  PUBLIC: ['PUBLIC'],
  MEMBERS: ['PUBLIC', 'MEMBERS'],
};

export const mayBeAbout = (event: { readonly visibility: string } | null, post: PostVisibility): boolean =>
  event !== null && eventsOpenTo[post].includes(event.visibility);
