import type { Clock, Outbox } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { searchTextOf } from '../catalog/index.js';
import type { Transaction } from '../database.js';
import type { EventsMessages } from '../messages.js';
import { eventSnapshot, type Orphans } from '../organizing/index.js';
import type { Transitions } from '../participation/index.js';
import type { Places } from '../places/index.js';
import type { SalesErasure } from '../purchases/index.js';

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly orphans: Orphans;
  readonly places: Places;
  readonly transitions: Transitions;
  readonly sales: SalesErasure;
}

/**
 * Places that others can have are given back; that somebody was there stays, for the counts of the event. What nobody
 * has seen goes; what is to come is called off; of what has been, title, time and city stay.
 */
export const createErasure =
  ({ clock, outbox, orphans, places, transitions, sales }: Dependencies) =>
  async (tx: Transaction, personId: string) => {
    const now = clock.now();
    // Series are locked before events.
    await tx.$executeRaw`
      SELECT 1 FROM event_series WHERE organizer_id = ${personId}::uuid OR co_host_ids @> ARRAY[${personId}::uuid]
      ORDER BY id FOR UPDATE`;
    const registrations = await giveBackPlaces(personId);
    // What there is of them is treated as any other event; no more are made.
    await tx.eventSeries.deleteMany({ where: { organizerId: personId } });
    await tx.$executeRaw`
      UPDATE event_series SET co_host_ids = array_remove(co_host_ids, ${personId}::uuid)
      WHERE co_host_ids @> ARRAY[${personId}::uuid]`;
    await leaveWaitlists(personId);
    // A packet with a draft in it is one that nobody could buy.
    await tx.inclusion.deleteMany({ where: { event: { organizerId: personId, publishedAt: null } } });
    const { count: drafts } = await tx.event.deleteMany({
      where: { organizerId: personId, publishedAt: null, registrations: { none: {} } },
    });
    await leaveOthers(personId);
    const events = await eventsToStrip(personId);
    for (const event of events) await strip(event);
    // The stars stay, as the mean of others does; nothing leads from them to the person.
    await tx.rating.updateMany({ where: { raterId: personId }, data: { raterId: null, comment: null } });
    const own = { where: { userId: personId } };
    await tx.calendarFeed.deleteMany(own);
    await tx.calendarConsent.deleteMany(own);
    await tx.calendarConnection.deleteMany(own);
    await tx.steward.deleteMany(own);
    await tx.person.deleteMany(own);
    await tx.suspension.deleteMany({ where: { personId } });
    await tx.allowance.deleteMany({ where: { personId } });
    await tx.privileges.deleteMany(own);
    await tx.office.deleteMany({ where: { holderId: personId } });
    await tx.eventInvitation.deleteMany(own);
    await tx.eventInvitation.updateMany({ where: { invitedById: personId }, data: { email: null } });
    await tx.follow.deleteMany({ where: { OR: [{ followerId: personId }, { followedId: personId }] } });
    await tx.friendship.deleteMany({ where: { OR: [{ lowId: personId }, { highId: personId }] } });
    await tx.block.deleteMany({ where: { OR: [{ blockerId: personId }, { blockedId: personId }] } });
    return { registrations, events: drafts + events.length };

    async function giveBackPlaces(userId: string): Promise<number> {
      const where = {
        userId,
        status: 'CONFIRMED' as const,
        event: { status: 'PUBLISHED' as const, endsAt: { gt: now } },
      };
      const known = await tx.registration.findMany({ where });
      // With the events that are stripped below: all are locked at once, in their order.
      const own = await tx.event.findMany({
        where: {
          OR: [
            { organizerId: userId },
            { coHostIds: { has: userId } },
            { waitlistEntries: { some: { userId } } },
          ],
        },
        select: { id: true },
      });
      await places.lockEvents(tx, [
        ...known.map(({ eventId }) => eventId),
        ...own.map((event) => event.id),
        ...(await sales.eventsOf(tx, userId)),
      ]);
      await sales.erase(tx, userId);
      const held = await tx.registration.findMany({ where, orderBy: { eventId: 'asc' } });
      for (const registration of held) await transitions.end(tx, registration, 'CANCELLED');
      const ids = held.map(({ id }) => id);
      const { count } = await tx.registration.deleteMany({
        where: { OR: [{ id: { in: ids } }, { userId, status: { not: 'CONFIRMED' } }] },
      });
      await tx.registrationAnswer.deleteMany({ where: { registration: { userId } } });
      return count;
    }

    /** What was offered goes to the next. */
    async function leaveWaitlists(userId: string): Promise<void> {
      const entries = await tx.waitlistEntry.findMany({ where: { userId }, orderBy: { eventId: 'asc' } });
      await tx.waitlistEntry.deleteMany({ where: { userId } });
      for (const { id } of entries) await places.release(tx, id);
    }

    /** As a co-host, and whoever was asked to be one. */
    async function leaveOthers(userId: string): Promise<void> {
      await tx.coHostInvitation.deleteMany({ where: { OR: [{ userId }, { invitedById: userId }] } });
      const hosted = await tx.event.findMany({
        where: { coHostIds: { has: userId } },
        orderBy: { id: 'asc' },
      });
      for (const { id, version, coHostIds } of hosted) {
        const others = coHostIds.filter((other) => other !== userId);
        const data = { coHostIds: others, version: version + 1, updatedAt: now };
        const event = await tx.event.update({ where: { id }, data });
        if (event.status === 'PUBLISHED') await outbox.publish(tx, eventSnapshot('event.changed', event));
      }
    }

    async function eventsToStrip(organizerId: string): Promise<Event[]> {
      const saysSomething = {
        OR: [
          ...[{ description: { not: '' } }, { address: { not: null } }, { coverId: { not: null } }],
          ...[{ program: { not: [] } }, { translations: { not: [] } }, { galleryIds: { isEmpty: false } }],
        ],
      };
      const where = { OR: [saysSomething, { onlineUrl: { not: null } }, { venue: { not: null } }] };
      return tx.event.findMany({ where: { organizerId, ...where }, orderBy: { id: 'asc' } });
    }

    async function strip(event: Event): Promise<void> {
      const isToCome = event.status === 'PUBLISHED' && event.endsAt > now;
      const bare = {
        description: '',
        venue: null,
        address: null,
        latitude: null,
        longitude: null,
        onlineUrl: null,
        translations: [],
        program: [],
        coverId: null,
        galleryIds: [],
      };
      const stripped = await tx.event.update({
        where: { id: event.id },
        data: {
          ...bare,
          ...(isToCome && { status: 'CANCELLED' as const, cancelledAt: now }),
          searchText: searchTextOf({ ...event, ...bare }),
          version: event.version + 1,
          updatedAt: now,
        },
      });
      if (isToCome) await orphans.tellCancelled(tx, stripped, 'The organizer was erased.');
      else if (stripped.status === 'PUBLISHED')
        await outbox.publish(tx, eventSnapshot('event.changed', stripped));
    }
  };
