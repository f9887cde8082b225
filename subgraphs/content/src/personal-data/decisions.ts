import type { PersonalDataDecisions } from '@diaspora/kit';
import type { Prisma } from '../database.js';

const post = { exported: 'posts', erasure: 'PSEUDONYMISED' } as const;
const comment = { exported: 'comments', erasure: 'PSEUDONYMISED' } as const;
const copy = { not: 'users give the original' } as const;

/** What of this subgraph is a person's, and what becomes of it. */
export const personalDataDecisions: PersonalDataDecisions<Prisma.ModelName> = {
  tables: {
    Post: post,
    PostMedia: { exported: 'posts', erasure: 'ERASED' },
    Comment: comment,
    Reaction: { exported: 'reactions', erasure: 'ERASED' },
    Media: { exported: 'media', erasure: 'ERASED' },
    Member: { exported: copy, erasure: 'PSEUDONYMISED' },
    Block: { exported: copy, erasure: 'ERASED' },
    Mute: { exported: copy, erasure: 'ERASED' },
    KnownEvent: { exported: { not: 'events give the original' }, erasure: 'PSEUDONYMISED' },
  },
  fields: {
    'Post.author': post,
    'Comment.author': comment,
  },
};
