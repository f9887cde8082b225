import type { Event } from './__generated__/prisma/client.js';
import type { Transaction } from './database.js';

/** What of an event of a series can be its own, beside the columns that its organizer writes. */
export type OwnPart = 'capacity' | 'coHostIds' | 'tickets' | 'registration';

/** Notes that parts of an event are its own from now on: changes of its series pass over them. The event is locked. */
export async function noteOwn(
  tx: Transaction,
  { id, seriesId, ownFields }: Pick<Event, 'id' | 'seriesId' | 'ownFields'>,
  ...parts: OwnPart[]
): Promise<void> {
  const fresh = parts.filter((part) => !ownFields.includes(part));
  if (seriesId === null || fresh.length === 0) return;
  await tx.event.update({ where: { id }, data: { ownFields: { push: fresh } } });
}
