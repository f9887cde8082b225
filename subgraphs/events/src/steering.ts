import { AppError, type Viewer } from '@diaspora/kit';
import type { Event } from './__generated__/prisma/client.js';
import { isOwnedBy, maySteer, visibleTo } from './catalog/index.js';
import type { Transaction } from './database.js';

const missing = () => new AppError('NOT_FOUND', 'There is no such event.', { path: ['eventId'] });

/** Locks an event before anything of it: lock order is events, then what belongs to them. */
export async function lockEvent(tx: Transaction, id: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM events WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
}

/** Locks an event the viewer sees. What the viewer may not see does not exist for them. */
export async function lockVisible(tx: Transaction, viewer: Viewer, id: string): Promise<Event> {
  await lockEvent(tx, id);
  const event = await tx.event.findFirst({ where: { AND: [{ id }, visibleTo(viewer)] } });
  if (!event) throw missing();
  return event;
}

/** Locks an event the viewer may change. */
export async function lockSteered(tx: Transaction, viewer: Viewer, id: string): Promise<Event> {
  const event = await lockVisible(tx, viewer, id);
  if (!maySteer(viewer, event)) throw new AppError('FORBIDDEN', 'This is for the organizers of the event.');
  return event;
}

/** Locks an event that is the viewer's to call off, to delete and to choose co-hosts of. */
export async function lockOwned(tx: Transaction, viewer: Viewer, id: string): Promise<Event> {
  const event = await lockVisible(tx, viewer, id);
  if (!isOwnedBy(viewer, event)) throw new AppError('FORBIDDEN', 'This is for the organizer of the event.');
  return event;
}
