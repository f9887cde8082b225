import { AppError, type Audit, type Clock, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { maySteer } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { eventIds } from '../ids.js';
import { assertKnown } from '../people.js';
import { createSteering } from '../steering.js';

export type Stewards = ReturnType<typeof createStewards>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

const mostStewards = 100;

export function createStewards({ db, clock, audit }: Dependencies) {
  const { lockSteered } = createSteering({ clock });

  const add = (viewer: Viewer, eventId: string, userId: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const event = await lockSteered(tx, viewer, eventId);
      await assertKnown(tx, userId);
      if ((await tx.steward.count({ where: { eventId } })) >= mostStewards)
        throw new AppError('INVALID_INPUT', `An event has at most ${mostStewards} stewards.`, {
          path: ['userId'],
        });
      const data = [{ eventId, userId, addedAt: clock.now() }];
      const { count } = await tx.steward.createMany({ data, skipDuplicates: true });
      if (count > 0) await record(tx, 'steward.added', eventId, userId);
      return event;
    });

  /** What the steward scanned stays; the next scan is refused. */
  const remove = (viewer: Viewer, eventId: string, userId: string): Promise<Event> =>
    db.$transaction(async (tx) => {
      const event = await lockSteered(tx, viewer, eventId);
      const { count } = await tx.steward.deleteMany({ where: { eventId, userId } });
      if (count > 0) await record(tx, 'steward.removed', eventId, userId);
      return event;
    });

  const record = (tx: Transaction, action: string, eventId: string, personId: string) =>
    audit.record(tx, { action, subject: { type: 'Event', id: eventIds.encode(eventId) }, personId });

  return { add, remove };
}

/** Organizers, and those they chose, let people in. */
export async function maySteward(tx: Transaction, viewer: Viewer, event: Event): Promise<boolean> {
  if (maySteer(viewer, event)) return true;
  const whose = { eventId: event.id, userId: viewer.id };
  return (await tx.steward.count({ where: whose })) > 0;
}
