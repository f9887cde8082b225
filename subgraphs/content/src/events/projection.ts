import type { EventsMessages } from '@diaspora/events/messages';
import { messagesFrom, type Message, type MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import { EventVisibility } from '../__generated__/prisma/enums.js';
import type { Transaction } from '../database.js';
import { eventIds, mediaIds, userIds } from '../ids.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const snapshot = z.object({
  eventId: z.string(),
  version: z.number().int(),
  visibility: z.enum(EventVisibility),
  mediaIds: z.array(z.string()).optional(),
  hostIds: z.array(z.string()).optional(),
});

/** The highest version wins, in whatever order they arrive. */
async function keep({ data }: Message<z.output<typeof snapshot>>, tx: Transaction): Promise<void> {
  const { version, visibility } = data;
  const id = eventIds.decode(data.eventId);
  const known = {
    version,
    visibility,
    mediaIds: (data.mediaIds ?? []).map((file) => mediaIds.decode(file)),
    hostIds: (data.hostIds ?? []).map((host) => userIds.decode(host)),
  };
  await tx.knownEvent.createMany({ data: [{ id, ...known }], skipDuplicates: true });
  await tx.knownEvent.updateMany({ where: { id, version: { lt: version } }, data: known });
}

/** Keeps which events one may post about, and before whom. */
export const eventHandlers: MessageHandler<Transaction>[] = [
  events.on('event.published', snapshot, keep),
  events.on('event.changed', snapshot, keep),
];
