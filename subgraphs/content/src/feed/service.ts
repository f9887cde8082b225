import { parseInput, type Page, type Viewer } from '@diaspora/kit';
import type { Post } from '../__generated__/prisma/client.js';
import { notMuted } from '../blocks/index.js';
import type { Prisma } from '../database.js';
import { eventIds } from '../ids.js';
import { foldHashtag, type Posts } from '../posts/index.js';
import { feedFilter, languageConditions } from './rules.js';

export type Feed = ReturnType<typeof createFeed>;

export function createFeed({ posts }: { readonly posts: Pick<Posts, 'list'> }) {
  /** Visibility and filter come before the limit, so that a page is short only at the end. */
  function list(viewer: Viewer | null, filter: unknown, page: Page): Promise<Post[]> {
    const { countriesOfOrigin, languages, hashtags, eventId } = parseInput(feedFilter, filter ?? {});
    const where: Prisma.PostWhereInput = {
      author: notMuted(viewer),
      ...(countriesOfOrigin && { authorOrigin: { in: countriesOfOrigin } }),
      ...(languages && { OR: languageConditions(languages) }),
      ...(hashtags && { hashtags: { hasSome: hashtags.map(foldHashtag) } }),
      ...(eventId && { eventId: eventIds.decode(eventId) }),
    };
    return posts.list(viewer, where, page);
  }

  return { list };
}
