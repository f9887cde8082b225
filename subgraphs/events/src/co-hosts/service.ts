import { AppError, type Audit, type Clock, type Outbox, type Page, type Viewer } from '@diaspora/kit';
import type { CoHostInvitation, Event } from '../__generated__/prisma/client.js';
import { hasBlocked } from '../blocks.js';
import { announcedTo, isOwnedBy } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { eventSnapshot } from '../organizing/index.js';
import { assertKnown } from '../people.js';
import { lockOwned, lockVisible } from '../steering.js';

export type CoHosts = ReturnType<typeof createCoHosts>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
}

const mostCoHosts = 10;
const mostInvitations = 100;

/** Who organizes an event together with its organizer. Everything happens under the lock of the event's row. */
export function createCoHosts({ db, clock, outbox, audit }: Dependencies) {
  const invite = (viewer: Viewer, eventId: string, userId: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const event = await lockOwned(tx, viewer, eventId);
      if (event.organizerId === userId) throw refuse('The organizer needs no invitation.');
      if (event.coHostIds.includes(userId)) return event;
      await assertKnown(tx, userId);
      const invited = await tx.coHostInvitation.findMany({ where: { eventId }, select: { userId: true } });
      if (invited.some((other) => other.userId === userId)) return event;
      if (invited.length + event.coHostIds.length >= mostCoHosts)
        throw new AppError('CONFLICT', `An event has ${mostCoHosts} co-hosts at most.`, { path: ['userId'] });
      if (await hasBlocked(tx, userId, viewer.id)) throw refuse('This person cannot be asked.');
      const invitedAt = clock.now();
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
      const { count } = await tx.coHostInvitation.deleteMany({ where: { eventId, userId: viewer.id } });
      if (count === 0) throw new AppError('NOT_FOUND', 'There is no such invitation.', { path: ['eventId'] });
      return setCoHosts(tx, event, [...event.coHostIds, viewer.id]);
    });

  /** The organizer removes anybody, everybody themselves. */
  const remove = (viewer: Viewer, eventId: string, userId: string): Promise<void> =>
    db.$transaction(async (tx) => {
      const event = await lockVisible(tx, viewer, eventId);
      if (userId !== viewer.id && !isOwnedBy(viewer, event))
        throw new AppError('FORBIDDEN', 'This is for the organizer of the event.');
      await tx.coHostInvitation.deleteMany({ where: { eventId, userId } });
      if (!event.coHostIds.includes(userId)) return;
      await setCoHosts(
        tx,
        event,
        event.coHostIds.filter((id) => id !== userId),
      );
    });

  /** Others are told of the event with its hosts; that somebody's rights changed is on record. */
  async function setCoHosts(tx: Transaction, event: Event, coHostIds: string[]): Promise<Event> {
    const changed = await tx.event.update({
      where: { id: event.id },
      data: { coHostIds, version: event.version + 1, updatedAt: clock.now() },
    });
    const isAdded = coHostIds.length > event.coHostIds.length;
    const [longer, shorter] = isAdded ? [coHostIds, event.coHostIds] : [event.coHostIds, coHostIds];
    await audit.record(tx, {
      action: isAdded ? 'coHost.added' : 'coHost.removed',
      subject: { type: 'Event', id: eventIds.encode(event.id) },
      personId: longer.find((id) => !shorter.includes(id)) ?? null,
    });
    if (changed.status === 'PUBLISHED') await outbox.publish(tx, eventSnapshot('event.changed', changed));
    return changed;
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

const refuse = (message: string) => new AppError('INVALID_INPUT', message, { path: ['userId'] });
