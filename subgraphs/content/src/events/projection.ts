import type { EventsMessages } from '@diaspora/events/messages';
import { messagesFrom, type Message, type MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import { EventVisibility } from '../__generated__/prisma/enums.js';
import type { Transaction } from '../database.js';
import { eventIds } from '../ids.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const snapshot = z.object({
  eventId: z.string(),
  version: z.number().int(),
  visibility: z.enum(EventVisibility),
});

/** The highest version wins, in whatever order they arrive. */
async function keep({ data }: Message<z.output<typeof snapshot>>, tx: Transaction): Promise<void> {
  const { version, visibility } = data;
  const id = eventIds.decode(data.eventId);
  await tx.knownEvent.createMany({ data: [{ id, version, visibility }], skipDuplicates: true });
  await tx.knownEvent.updateMany({ where: { id, version: { lt: version } }, data: { version, visibility } });
}

/** Keeps which events one may post about, and before whom. */
export const eventHandlers: MessageHandler<Transaction>[] = [
  events.on('event.published', snapshot, keep),
  events.on('event.changed', snapshot, keep),
];
