import { AppError, hourMs, type Clock, type Viewer } from '@diaspora/kit';
import type { CalendarFeed, Event, Registration } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { personOf } from '../viewers.js';
import { icsOf } from './ics.js';
import {
  createFeedToken,
  entryOf,
  feedReadsPerHour,
  feedTokenHash,
  isFeedToken,
  type CalendarEntry,
} from './rules.js';

export type Calendar = ReturnType<typeof createCalendar>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Where clients reach this service's own routes. */
  readonly publicUrl: string;
}

const pastMs = 90 * 24 * hourMs;
const mostEntries = 1_000;

export function createCalendar({ db, clock, publicUrl }: Dependencies) {
  const fileUrl = (eventId: string) => `${publicUrl}/calendar/events/${eventId}.ics`;

  /** The file of an event that everybody may see. Throws NOT_FOUND. */
  async function file(eventId: string): Promise<string> {
    const event = await db.event.findFirst({
      where: { AND: [{ id: eventId }, visibleTo(null, clock.now())] },
    });
    if (!event) throw new AppError('NOT_FOUND', 'There is no such event.');
    return icsOf([entryOf(event)], { method: 'PUBLISH' });
  }

  /** A new address for a person's feed; the one before ends with it. Only its hash is kept. */
  async function renewFeed(viewer: Viewer): Promise<{ feed: CalendarFeed; url: string }> {
    const token = createFeedToken();
    const fresh = {
      tokenHash: feedTokenHash(token),
      createdAt: clock.now(),
      lastReadAt: null,
      reads: 0,
      readsSince: clock.now(),
    };
    const userId = viewer.id;
    const feed = await db.calendarFeed.upsert({
      where: { userId },
      create: { userId, ...fresh },
      update: fresh,
    });
    return { feed, url: `${publicUrl}/calendar/feeds/${token}.ics` };
  }

  async function revokeFeed(viewer: Viewer): Promise<void> {
    await db.calendarFeed.deleteMany({ where: { userId: viewer.id } });
  }

  const feedOf = (viewer: Viewer): Promise<CalendarFeed | null> =>
    db.calendarFeed.findUnique({ where: { userId: viewer.id } });

  /** Throws NOT_FOUND for an address that is not, or no more, and RATE_LIMITED. */
  async function readFeed(token: string): Promise<string> {
    const userId = isFeedToken(token) ? await countRead(token) : undefined;
    if (!userId) throw new AppError('NOT_FOUND', 'There is no such calendar.');
    return icsOf(await entriesOf(db, userId), { name: 'Diaspora', method: 'PUBLISH' });
  }

  /** One statement finds the feed and counts, so that reads at once are all counted. Who is kept out reads nothing. */
  async function countRead(token: string): Promise<string | undefined> {
    const now = clock.now();
    const hourAgo = new Date(now.getTime() - hourMs);
    const [feed] = await db.$queryRaw<{ userId: string; reads: number; readsSince: Date }[]>`
      UPDATE calendar_feeds SET last_read_at = ${now},
        reads = CASE WHEN reads_since <= ${hourAgo} THEN 1 ELSE reads + 1 END,
        reads_since = CASE WHEN reads_since <= ${hourAgo} THEN ${now} ELSE reads_since END
      WHERE token_hash = ${feedTokenHash(token)} AND NOT EXISTS (SELECT 1 FROM suspensions s
        WHERE s.person_id = user_id AND s.is_active AND (s.ends_at IS NULL OR s.ends_at > ${now}))
      RETURNING user_id AS "userId", reads, reads_since AS "readsSince"`;
    if (!feed || feed.reads <= feedReadsPerHour) return feed?.userId;
    const retryAfterSeconds = Math.ceil((feed.readsSince.getTime() + hourMs - now.getTime()) / 1_000);
    throw new AppError('RATE_LIMITED', 'This calendar is read too often.', { retryAfterSeconds });
  }

  /** What a person organizes and goes to, from three months ago on; what was called off or left as tombstones. */
  async function entriesOf(client: Transaction, userId: string): Promise<CalendarEntry[]> {
    const since = new Date(clock.now().getTime() - pastMs);
    const current = { publishedAt: { not: null }, endsAt: { gt: since } };
    const order = { orderBy: { startsAt: 'asc' }, take: mostEntries } as const;
    const [organized, places] = await Promise.all([
      client.event.findMany({ where: { AND: [hostedBy(userId), current] }, ...order }),
      client.registration.findMany({
        where: { userId, event: { ...current, NOT: hostedBy(userId) } },
        include: { event: true },
        orderBy: { event: { startsAt: 'asc' } },
        take: mostEntries,
      }),
    ]);
    return [
      ...organized.map((event) => entryOf(event, null, true)),
      ...(await entriesOfPlaces(client, userId, places)),
    ];
  }

  /** What a person may not see any more is struck out, and says nothing of what has become of it. */
  async function entriesOfPlaces(client: Transaction, userId: string, places: readonly Place[]) {
    const ids = places.map(({ eventId }) => eventId);
    const visible = await client.event.findMany({
      where: { AND: [{ id: { in: ids } }, visibleTo(personOf(userId), clock.now())] },
      select: { id: true },
    });
    const seen = new Set(visible.map(({ id }) => id));
    return places.map(({ event, ...place }) =>
      seen.has(event.id)
        ? entryOf(event, place, place.status === 'CONFIRMED')
        : { ...entryOf(event, { ...place, status: 'CANCELLED' }), title: 'Cancelled' },
    );
  }

  return { file, fileUrl, renewFeed, revokeFeed, feedOf, readFeed, entriesOf };
}

type Place = Registration & { readonly event: Event };

const hostedBy = (userId: string) => ({ OR: [{ organizerId: userId }, { coHostIds: { has: userId } }] });
