import { AppError, type Audit, type Clock, type Outbox, type Viewer } from '@diaspora/kit';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import { maySteer, visibleTo } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, registrationIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import type { Transitions } from '../participation/index.js';
import { createSteering } from '../steering.js';

export type Approval = ReturnType<typeof createApproval>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
  readonly transitions: Transitions;
}

export function createApproval({ db, clock, outbox, audit, transitions }: Dependencies) {
  const { lockSteered } = createSteering({ clock });

  /** Locks the event of a registration for its organizers, then answers both as they are. */
  async function lock(tx: Transaction, viewer: Viewer, id: string) {
    const missing = new AppError('NOT_FOUND', 'There is no such registration.', { path: ['registrationId'] });
    const known = await tx.registration.findFirst({
      where: { id, event: visibleTo(viewer, clock.now()) },
      include: { event: true },
    });
    if (!known || (known.userId !== viewer.id && !maySteer(viewer, known.event))) throw missing;
    const event = await lockSteered(tx, viewer, known.eventId);
    const registration = await tx.registration.findUnique({ where: { id } });
    if (!registration) throw missing;
    if (event.status !== 'PUBLISHED' || event.endsAt <= clock.now())
      throw new AppError('CONFLICT', 'The event is not to come.', { payload: { registration } });
    return { event, registration };
  }

  /** A place is taken when a request is approved, not before. */
  const approve = (viewer: Viewer, id: string): Promise<Registration> =>
    db.$transaction(async (tx) => {
      const { event, registration } = await lock(tx, viewer, id);
      if (registration.status === 'CONFIRMED') return registration;
      if (registration.status !== 'PENDING' && registration.status !== 'DECLINED')
        throw new AppError('CONFLICT', 'The person does not ask for a place.', { payload: { registration } });
      const confirmed = await transitions.confirm(tx, registration, registration);
      if (!confirmed) {
        const details = { path: ['registrationId'], payload: { registration } };
        throw new AppError('SOLD_OUT', 'There are not as many free places.', details);
      }
      return decided(tx, { viewer, event, before: registration, after: confirmed });
    });

  const decline = (viewer: Viewer, id: string): Promise<Registration> =>
    db.$transaction(async (tx) => {
      const { event, registration } = await lock(tx, viewer, id);
      if (registration.status === 'DECLINED') return registration;
      if (registration.status !== 'PENDING' && registration.status !== 'CONFIRMED')
        throw new AppError('CONFLICT', 'The person does not ask for a place.', { payload: { registration } });
      if (registration.status === 'CONFIRMED' && registration.places === 0)
        throw new AppError('CONFLICT', 'The person has a ticket: refund it.', { payload: { registration } });
      const declined = await transitions.end(tx, registration, 'DECLINED');
      return decided(tx, { viewer, event, before: registration, after: declined });
    });

  /** Notes who decided, and tells the person. */
  async function decided(
    tx: Transaction,
    {
      viewer,
      event,
      before,
      after,
    }: { viewer: Viewer; event: Event; before: Registration; after: Registration },
  ): Promise<Registration> {
    const decidedAt = clock.now();
    const isApproved = after.status === 'CONFIRMED';
    await audit.record(tx, {
      action: isApproved ? 'registration.approved' : 'registration.declined',
      subject: { type: 'Event', id: eventIds.encode(event.id) },
      personId: after.userId,
      before: { status: before.status },
      after: { status: after.status },
    });
    const data = {
      registrationId: registrationIds.encode(after.id),
      eventId: eventIds.encode(event.id),
      userId: userIds.encode(after.userId),
      deciderId: userIds.encode(viewer.id),
      isApproved,
      decidedAt: decidedAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'registration.decided', key: data.eventId, data });
    return tx.registration.update({ where: { id: after.id }, data: { decidedAt } });
  }

  return { approve, decline };
}
