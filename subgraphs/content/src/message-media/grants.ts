import { createSealer, type Clock, type Viewer } from '@diaspora/kit';
import type { MediaGrant, MediaGrantPurpose } from '@diaspora/messaging/messages';
import { z } from 'zod';

export type MediaGrants = ReturnType<typeof createMediaGrants>;

const purpose: MediaGrantPurpose = 'media of messages';
const content: z.ZodType<MediaGrant> = z.object({
  mediaIds: z.array(z.uuid()),
  ownerId: z.uuid(),
  viewerId: z.uuid(),
  until: z.number(),
});

/** What messaging grants a viewer to see with a message: it knows who sees the message. */
export function createMediaGrants({ clock, secret }: { readonly clock: Clock; readonly secret: string }) {
  const sealer = createSealer(secret, purpose);

  function opened(sealed: string): MediaGrant | null {
    try {
      return content.parse(JSON.parse(sealer.open(sealed)));
    } catch {
      return null; // Nobody we know has sealed it.
    }
  }

  return {
    /** Null for one that was made by others, for others or a while ago. */
    read: (sealed: string, viewer: Viewer | null): MediaGrant | null => {
      const grant = opened(sealed);
      const isGood = grant?.viewerId === viewer?.id && clock.now().getTime() <= (grant?.until ?? 0);
      return isGood ? grant : null;
    },
  };
}
