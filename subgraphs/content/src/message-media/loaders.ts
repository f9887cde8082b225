import { createRowLoader, type Loader } from '@diaspora/kit';
import type { Media } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface MessageMediaLoaders {
  /** Verified files, whoever sees them: whoever asks holds a grant. */
  readonly grantedMedia: Loader<string, Media | null>;
}

export const createMessageMediaLoaders = (db: Db): MessageMediaLoaders => ({
  grantedMedia: createRowLoader(
    (ids) => db.media.findMany({ where: { id: { in: [...ids] }, status: 'READY' } }),
    (media) => media.id,
  ),
});
