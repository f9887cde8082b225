import type { Audit, Clock, Outbox } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { eventIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { eventSnapshot } from '../organizing/index.js';

export type Hosting = ReturnType<typeof createHosting>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
}

/** Who the co-hosts of an event are, which is locked. */
export function createHosting({ clock, outbox, audit }: Dependencies) {
  /** Others are told of the event with its hosts; that somebody's rights changed is on record. */
  async function set(tx: Transaction, event: Event, coHostIds: string[]): Promise<Event> {
    const changed = await tx.event.update({
      where: { id: event.id },
      data: { coHostIds, version: event.version + 1, updatedAt: clock.now() },
    });
    const record = (action: string, personId: string) =>
      audit.record(tx, { action, subject: { type: 'Event', id: eventIds.encode(event.id) }, personId });
    for (const id of coHostIds) if (!event.coHostIds.includes(id)) await record('coHost.added', id);
    for (const id of event.coHostIds) if (!coHostIds.includes(id)) await record('coHost.removed', id);
    if (changed.status === 'PUBLISHED') await outbox.publish(tx, eventSnapshot('event.changed', changed));
    return changed;
  }

  return { set };
}
