import type { Sealer } from '@diaspora/kit';
import { z } from 'zod';
import type { NotificationType } from '../__generated__/prisma/client.js';
import { traitsOf } from '../notification-preferences/index.js';

export type UnsubscribeLinks = ReturnType<typeof createUnsubscribeLinks>;

export interface Unsubscription {
  readonly personId: string;
  /** Null: of all mails. */
  readonly type: NotificationType | null;
}

const types = Object.keys(traitsOf) as [NotificationType, ...NotificationType[]];
const content = z.object({ personId: z.uuid(), type: z.enum(types).nullable() });

/** Links that end mails, for whoever has the mail. Sealed: nobody else makes one, and it does not show whose it is. */
export function createUnsubscribeLinks({ sealer, publicUrl }: { sealer: Sealer; publicUrl: string }) {
  const of = (personId: string, type: NotificationType | null): string =>
    `${publicUrl}/unsubscribe?token=${sealer.seal(JSON.stringify({ personId, type }))}`;

  /** Null for what we did not make. */
  function read(token: unknown): Unsubscription | null {
    if (typeof token !== 'string') return null;
    try {
      return content.parse(JSON.parse(sealer.open(token)));
    } catch {
      return null;
    }
  }

  return { of, read };
}
