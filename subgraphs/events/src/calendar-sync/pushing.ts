import type { Clock } from '@diaspora/kit';
import type { CalendarConnection, SyncedEntry } from '../__generated__/prisma/client.js';
import type { CalendarEntry } from '../calendar/index.js';
import type { Db, Transaction } from '../database.js';
import type { RemoteCalendar } from './remote.js';
import { fingerprintOf, writingMs } from './rules.js';

export type ReadEntries = (client: Transaction, userId: string) => Promise<CalendarEntry[]>;

interface Push {
  readonly db: Db;
  readonly clock: Clock;
  readonly entriesOf: ReadEntries;
  readonly remote: RemoteCalendar;
  readonly connection: CalendarConnection;
}

/**
 * Writes what is new or has changed and removes what was called off or left. What is over stays as it is. False when the
 * time was over before all was done: what was written is noted, and the next run goes on there.
 */
export async function pushEntries({ db, clock, entriesOf, remote, connection }: Push): Promise<boolean> {
  const { id: connectionId, userId } = connection;
  const now = clock.now();
  const isTimeOver = () => clock.now().getTime() >= now.getTime() + writingMs;
  const written = await db.syncedEntry.findMany({ where: { connectionId }, include: { event: true } });
  const byEvent = new Map(written.map((entry) => [entry.eventId, entry]));
  const all = (await entriesOf(db, userId)).filter(({ endsAt }) => endsAt > now);
  const wanted = all.filter(({ status }) => status !== 'CANCELLED');
  for (const entry of wanted) {
    if (isTimeOver()) return false;
    await write(entry, byEvent.get(entry.eventId) ?? null);
  }
  const kept = new Set(wanted.map(({ eventId }) => eventId));
  for (const entry of written) {
    if (kept.has(entry.eventId) || entry.event.endsAt <= now) continue;
    if (isTimeOver()) return false;
    await remove(entry);
  }
  return true;

  async function write(entry: CalendarEntry, known: SyncedEntry | null): Promise<void> {
    const fingerprint = fingerprintOf(entry);
    if (known && (known.hiddenAt || known.fingerprint === fingerprint)) return;
    const { eventId } = entry;
    const state = { ...(await remote.put(entry, known)), fingerprint };
    await db.syncedEntry.upsert({
      where: { connectionId_eventId: { connectionId, eventId } },
      create: { connectionId, eventId, ...state },
      update: state,
    });
  }

  async function remove({ eventId, hiddenAt, ...known }: SyncedEntry): Promise<void> {
    if (!hiddenAt) await remote.remove(known);
    await db.syncedEntry.deleteMany({ where: { connectionId, eventId } });
  }
}
