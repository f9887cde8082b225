import { createSealer, type Clock } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import type { MediaGrant, MediaGrantPurpose } from '../messages.js';

export type MediaGrants = ReturnType<typeof createMediaGrants>;

const purpose: MediaGrantPurpose = 'media of messages';
/** A grant is opened while the request goes on that asked for it. */
const liveMs = 60_000;

/**
 * Files are content's, and who sees a message is known here: the grant tells content which files the viewer may see with
 * it, sealed by the secret that all subgraphs share, for this viewer and this minute.
 */
export function createMediaGrants({ clock, secret }: { readonly clock: Clock; readonly secret: string }) {
  const sealer = createSealer(secret, purpose);
  return {
    of: (
      { mediaIds, mediaOwnerId }: Pick<Message, 'mediaIds' | 'mediaOwnerId'>,
      viewerId: string,
    ): string | null => {
      if (mediaIds.length === 0 || mediaOwnerId === null) return null;
      const until = clock.now().getTime() + liveMs;
      const grant: MediaGrant = { mediaIds, ownerId: mediaOwnerId, viewerId, until };
      return sealer.seal(JSON.stringify(grant));
    },
  };
}
