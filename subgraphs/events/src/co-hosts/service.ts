import { AppError, type Clock, type Outbox, type Page, type Viewer } from '@diaspora/kit';
import type { CoHostInvitation, Event, EventSeries } from '../__generated__/prisma/client.js';
import { spendAllowance } from '../allowances.js';
import { announcedTo, isOwnedBy, statusOf } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, userIds } from '../ids.js';
import { isInvitable } from '../invitable.js';
import type { EventsMessages } from '../messages.js';
import { noteOwn } from '../own-parts.js';
import { assertKnown } from '../people.js';
import { createSteering, lockSeriesOf } from '../steering.js';
import type { Hosting } from './hosting.js';

export type CoHosts = ReturnType<typeof createCoHosts>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly hosting: Hosting;
}

const mostCoHosts = 10;
const mostInvitations = 100;

/** Who organizes an event together with its organizer. Everything happens under the lock of the event's row. */
export function createCoHosts({ db, clock, outbox, hosting }: Dependencies) {
  const { lockOwned, lockVisible } = createSteering({ clock });

  const invite = (viewer: Viewer, eventId: string, userId: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const event = await lockOwned(tx, viewer, eventId);
      assertNotOver(event, clock.now());
      if (event.organizerId === userId) throw refuse('The organizer needs no invitation.');
      if (event.coHostIds.includes(userId)) return event;
      await assertKnown(tx, userId);
      const invited = await tx.coHostInvitation.findMany({ where: { eventId }, select: { userId: true } });
      if (invited.some((other) => other.userId === userId)) return event;
      if (invited.length + event.coHostIds.length >= mostCoHosts)
        throw new AppError('CONFLICT', `An event has ${mostCoHosts} co-hosts at most.`, { path: ['userId'] });
      if (!(await isInvitable(tx, userId, viewer.id))) throw refuse('This person cannot be asked.');
      const invitedAt = clock.now();
      const spent = { personId: viewer.id, purpose: 'CO_HOST_INVITATIONS', now: invitedAt } as const;
      await spendAllowance(tx, spent);
      await tx.coHostInvitation.create({ data: { eventId, userId, invitedById: viewer.id, invitedAt } });
      await outbox.publish(tx, {
        type: 'coHost.invited',
        key: eventIds.encode(eventId),
        data: {
          eventId: eventIds.encode(eventId),
          userId: userIds.encode(userId),
          invitedById: userIds.encode(viewer.id),
          invitedAt: invitedAt.toISOString(),
        },
      });
      return event;
    });

  const accept = (viewer: Viewer, eventId: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const event = await lockVisible(tx, viewer, eventId);
      if (event.coHostIds.includes(viewer.id)) return event;
      assertNotOver(event, clock.now());
      const { count } = await tx.coHostInvitation.deleteMany({ where: { eventId, userId: viewer.id } });
      if (count === 0) throw new AppError('NOT_FOUND', 'There is no such invitation.', { path: ['eventId'] });
      const changed = await hosting.set(tx, event, [...event.coHostIds, viewer.id]);
      await noteOwn(tx, changed, 'coHostIds');
      return changed;
    });

  /** The organizer removes anybody, everybody themselves; from one event, or from its series as well. */
  const remove = (
    viewer: Viewer,
    { eventId, userId, fromSeries }: { eventId: string; userId: string; fromSeries: boolean },
  ): Promise<void> =>
    db.$transaction(async (tx) => {
      const series = fromSeries ? await lockSeriesOf(tx, eventId) : null;
      const event = await lockVisible(tx, viewer, eventId);
      if (userId !== viewer.id && !isOwnedBy(viewer, event))
        throw new AppError('FORBIDDEN', 'This is for the organizer of the event.');
      await tx.coHostInvitation.deleteMany({ where: { eventId, userId } });
      if (event.coHostIds.includes(userId) && !(series && isOver(event, clock.now()))) {
        assertNotOver(event, clock.now());
        await hosting.set(tx, event, without(event.coHostIds, userId));
        if (!series) await noteOwn(tx, event, 'coHostIds');
      }
      if (series) await removeFromSeries(tx, series, userId);
    });

  /** From the events to come, and from those that will be made. All of them are locked. */
  async function removeFromSeries(tx: Transaction, series: EventSeries, userId: string): Promise<void> {
    const { id, coHostIds } = series;
    if (coHostIds.includes(userId))
      await tx.eventSeries.update({ where: { id }, data: { coHostIds: without(coHostIds, userId) } });
    const toCome = await tx.event.findMany({
      where: { seriesId: id, coHostIds: { has: userId }, endsAt: { gt: clock.now() } },
      orderBy: { id: 'asc' },
    });
    for (const event of toCome) await hosting.set(tx, event, without(event.coHostIds, userId));
  }

  const listEvents = (userId: string, viewer: Viewer | null, page: Page): Promise<Event[]> =>
    db.event.findMany({
      where: {
        AND: [
          { coHostIds: { has: userId } },
          isOwnedBy(viewer, { organizerId: userId }) ? {} : announcedTo(viewer),
          page.where,
        ],
      },
      orderBy: page.orderBy,
      take: page.take,
    });

  const listInvitations = (userId: string): Promise<CoHostInvitation[]> =>
    db.coHostInvitation.findMany({
      where: { userId },
      orderBy: [{ invitedAt: 'desc' }, { eventId: 'desc' }],
      take: mostInvitations,
    });

  return { invite, accept, remove, listEvents, listInvitations };
}

const without = (ids: readonly string[], id: string): string[] => ids.filter((other) => other !== id);

const isOver = (event: Event, now: Date): boolean => statusOf(event, now) === 'COMPLETED';

/** Whoever organized an event does not rate it: who that was stays as it is. */
function assertNotOver(event: Event, now: Date): void {
  if (isOver(event, now))
    throw new AppError('CONFLICT', 'The event is over: who organized it stays as it is.', {
      path: ['eventId'],
    });
}

const refuse = (message: string) => new AppError('INVALID_INPUT', message, { path: ['userId'] });
