import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Event, EventSeries } from './__generated__/prisma/client.js';
import { isOwnedBy, maySteer, visibleTo } from './catalog/index.js';
import type { Transaction } from './database.js';

const missing = () => new AppError('NOT_FOUND', 'There is no such event.', { path: ['eventId'] });

/** Locks an event before anything of it: lock order is events, then what belongs to them. */
export async function lockEvent(tx: Transaction, id: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM events WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
}

/** Locks the series of an event, then all of its events in the order of their ids; null when it is of none. */
export async function lockSeriesOf(tx: Transaction, eventId: string): Promise<EventSeries | null> {
  const known = await tx.event.findUnique({ where: { id: eventId }, select: { seriesId: true } });
  if (!known?.seriesId) return null;
  const series = await lockSeries(tx, known.seriesId);
  await tx.$executeRaw`
    SELECT 1 FROM events WHERE series_id = ${known.seriesId}::uuid ORDER BY id FOR NO KEY UPDATE`;
  return series;
}

/** A series before its events, always: whoever changes both locks in this order. */
export async function lockSeries(tx: Transaction, id: string): Promise<EventSeries | null> {
  await tx.$executeRaw`SELECT 1 FROM event_series WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return tx.eventSeries.findUnique({ where: { id } });
}

/** How events are locked for whoever wants to do something with one. */
export function createSteering({ clock }: { readonly clock: Clock }) {
  /** Locks an event the viewer sees. What the viewer may not see does not exist for them. */
  async function lockVisible(tx: Transaction, viewer: Viewer, id: string): Promise<Event> {
    await lockEvent(tx, id);
    const event = await tx.event.findFirst({ where: { AND: [{ id }, visibleTo(viewer, clock.now())] } });
    if (!event) throw missing();
    return event;
  }

  /** Locks an event the viewer may change. */
  async function lockSteered(tx: Transaction, viewer: Viewer, id: string): Promise<Event> {
    const event = await lockVisible(tx, viewer, id);
    if (!maySteer(viewer, event)) throw new AppError('FORBIDDEN', 'This is for the organizers of the event.');
    return event;
  }

  /** Locks an event that is the viewer's to call off, to delete and to choose co-hosts of. */
  async function lockOwned(tx: Transaction, viewer: Viewer, id: string): Promise<Event> {
    const event = await lockVisible(tx, viewer, id);
    if (!isOwnedBy(viewer, event)) throw new AppError('FORBIDDEN', 'This is for the organizer of the event.');
    return event;
  }

  return { lockVisible, lockSteered, lockOwned };
}
