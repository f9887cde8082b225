import {
  addJob,
  AppError,
  type Audit,
  type AuditAction,
  type Clock,
  type Outbox,
  type Viewer,
} from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { statusOf, type EventColumns } from '../catalog/index.js';
import type { Transaction } from '../database.js';
import { eventIds } from '../ids.js';
import { settleCancelledEvent } from '../jobs.js';
import type { EventsMessages } from '../messages.js';
import type { Places } from '../places/index.js';
import { eventCancelled, eventSnapshot } from './announcements.js';

export type Steps = ReturnType<typeof createSteps>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
  readonly places: Places;
}

/** What is done to an event that is locked and the viewer's to change: the row, the audit trail and the message. */
export function createSteps({ clock, outbox, audit, places }: Dependencies) {
  const write = (tx: Transaction, event: Event, data: EventColumns): Promise<Event> =>
    tx.event.update({
      where: { id: event.id },
      data: { ...data, version: event.version + 1, updatedAt: clock.now() },
    });

  /** What is done to somebody else's event is on record, and what strikes those who registered. */
  async function record(
    tx: Transaction,
    viewer: Viewer,
    action: AuditAction,
    event: Event,
    changes: EventColumns,
  ) {
    const strikesOthers = action === 'event.cancelled' && event.publishedAt !== null;
    if (event.organizerId === viewer.id && !strikesOthers) return;
    const { searchText: _derived, ownFields: _noted, ...after } = changes;
    const before = Object.fromEntries(
      Object.keys(after).map((field) => [field, event[field as keyof Event]]),
    );
    const subject = { type: 'Event', id: eventIds.encode(event.id) };
    await audit.record(tx, { action, subject, personId: event.organizerId, before, after });
  }

  async function change(tx: Transaction, viewer: Viewer, event: Event, data: EventColumns): Promise<Event> {
    if (data.capacity) await places.assertCapacityFits(tx, event, data.capacity);
    const changed = await write(tx, event, data);
    if (data.capacity !== undefined) await places.freed(tx, event.id);
    await record(tx, viewer, 'event.changed', event, data);
    if (changed.status === 'PUBLISHED') await outbox.publish(tx, eventSnapshot('event.changed', changed));
    return changed;
  }

  async function announce(tx: Transaction, viewer: Viewer, event: Event): Promise<Event> {
    const published = await write(tx, event, { status: 'PUBLISHED', publishedAt: clock.now() });
    await record(tx, viewer, 'event.published', event, { status: 'PUBLISHED' });
    await outbox.publish(tx, eventSnapshot('event.published', published));
    return published;
  }

  async function callOff(
    tx: Transaction,
    viewer: Viewer,
    event: Event,
    data: EventColumns = {},
  ): Promise<Event> {
    const cancelledAt = clock.now();
    const cancelled = await write(tx, event, { ...data, status: 'CANCELLED', cancelledAt });
    await record(tx, viewer, 'event.cancelled', event, { status: 'CANCELLED' });
    // Nobody else knows of a draft.
    if (event.publishedAt) await outbox.publish(tx, eventCancelled(cancelled, cancelledAt));
    await addJob(tx, settleCancelledEvent, { eventId: event.id });
    return cancelled;
  }

  /** The row is gone: others drop what they know of it. */
  async function forget(tx: Transaction, viewer: Viewer, event: Event): Promise<void> {
    if (event.status === 'PUBLISHED')
      await outbox.publish(tx, eventCancelled({ ...event, version: event.version + 1 }, clock.now()));
    if (event.organizerId === viewer.id && !event.publishedAt) return;
    const { title, startsAt, countryCode, city } = event;
    await audit.record(tx, {
      action: 'event.deleted',
      subject: { type: 'Event', id: eventIds.encode(event.id) },
      personId: event.organizerId,
      before: { title, startsAt, countryCode, city },
    });
  }

  return { change, announce, callOff, forget };
}

export function assertOpen(event: Event, now: Date): void {
  const status = statusOf(event, now);
  if (status === 'CANCELLED')
    throw new AppError('CONFLICT', 'The event was called off.', { payload: { event } });
  if (status === 'COMPLETED' || event.completionToldAt)
    throw new AppError('CONFLICT', 'The event is over.', { payload: { event } });
}
