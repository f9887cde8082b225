import type { Clock } from '@diaspora/kit';
import type { CalendarConnection, Event, SyncedEntry } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { RemoteCalendar, RemoteChange } from './remote.js';

/** Gives a person's place at an event back, where there is one that can be. */
export type GiveBackPlace = (userId: string, eventId: string) => Promise<void>;

interface Pull {
  readonly db: Db;
  readonly clock: Clock;
  readonly giveBackPlace: GiveBackPlace;
  readonly remote: RemoteCalendar;
  readonly connection: CalendarConnection;
  /** From where on; null for all of it. */
  readonly token: string | null;
}

/**
 * Takes over what a person did in the calendar. To remove an entry is to hide it: the place stays. To decline gives the
 * place back. When and where an event takes place, the platform says: an entry that was moved is put right.
 */
export async function pullChanges({
  db,
  clock,
  giveBackPlace,
  remote,
  connection,
  token,
}: Pull): Promise<void> {
  const entries = await db.syncedEntry.findMany({
    where: { connectionId: connection.id },
    include: { event: true },
  });
  const known = new Map(entries.map((entry) => [entry.remoteId, entry]));
  const etags = new Map(entries.map(({ remoteId, etag }) => [remoteId, etag]));
  const { changes, token: next } = await remote.changes(token, etags);
  for (const change of changes) {
    if (change.kind === 'DECLINED')
      await giveBackPlace(connection.userId, known.get(change.remoteId)!.eventId);
  }
  await db.$transaction(async (tx) => {
    for (const change of changes) {
      const { connectionId, eventId, ...entry } = known.get(change.remoteId)!;
      const data = whatBecomesOf(change, entry, clock.now());
      await tx.syncedEntry.updateMany({ where: { connectionId, eventId }, data });
    }
    await tx.calendarConnection.updateMany({ where: { id: connection.id }, data: { syncToken: next } });
  });
}

type Known = Pick<SyncedEntry, 'fingerprint'> & { readonly event: Event };

function whatBecomesOf(change: RemoteChange, { fingerprint, event }: Known, now: Date): Partial<SyncedEntry> {
  if (change.kind !== 'CHANGED') return { hiddenAt: now };
  const isWhereItWas =
    change.startsAt?.getTime() === event.startsAt.getTime() &&
    change.endsAt?.getTime() === event.endsAt.getTime();
  // Also of one that the person brought back.
  return { etag: change.etag, fingerprint: isWhereItWas ? fingerprint : '', hiddenAt: null };
}
