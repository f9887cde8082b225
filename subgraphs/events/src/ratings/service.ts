import { randomUUID } from 'node:crypto';
import { parseInput, type Clock, type Outbox, type Page, type Viewer } from '@diaspora/kit';
import type { Event, Rating } from '../__generated__/prisma/client.js';
import { hasCheckedIn } from '../check-in/index.js';
import type { Db } from '../database.js';
import { eventIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { createSteering } from '../steering.js';
import { closesAtOf, fewestRatings, ratingInput, refusalError, refusalOf } from './rules.js';

export type Ratings = ReturnType<typeof createRatings>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
}

export function createRatings({ db, clock, outbox }: Dependencies) {
  const { lockVisible } = createSteering({ clock });

  /** Rates an event, or changes the own rating. An absent comment keeps the one that is there. */
  async function rate(viewer: Viewer, eventId: string, input: unknown): Promise<Rating> {
    const { comment, ...stars } = parseInput(ratingInput, input);
    return db.$transaction(async (tx) => {
      // What its messages are ordered by; and two calls of one person come one after the other.
      const event = await lockVisible(tx, viewer, eventId);
      const now = clock.now();
      const wasCheckedIn = await hasCheckedIn(tx, eventId, viewer.id);
      const refusal = refusalOf({ viewer, event, wasCheckedIn, now });
      if (refusal) throw refusalError(refusal);
      const content = { ...stars, ...(comment !== undefined && { comment }), updatedAt: now };
      const rating = await tx.rating.upsert({
        where: { eventId_raterId: { eventId, raterId: viewer.id } },
        create: {
          // Random: it goes out to others as the key of the rater, and must not tell when they rated.
          id: randomUUID(),
          ...{ eventId, raterId: viewer.id, organizerId: event.organizerId, createdAt: now },
          ...content,
        },
        update: { ...content, revision: { increment: 1 } },
      });
      await outbox.publish(tx, ratedMessage(event, rating));
      return rating;
    });
  }

  function eligibility(viewer: Viewer | null, event: Event, wasCheckedIn: boolean) {
    const reasonCode = refusalOf({ viewer, event, wasCheckedIn, now: clock.now() });
    return {
      isAllowed: reasonCode === null,
      reasonCode,
      opensAt: event.endsAt,
      closesAt: closesAtOf(event),
    };
  }

  /** Comments, in an order that has to do with nobody. None before the window has closed, and none of a few raters. */
  async function listComments(event: Event, page: Page): Promise<Rating[]> {
    if (clock.now() < closesAtOf(event)) return [];
    const eventId = event.id;
    if ((await db.rating.count({ where: { eventId } })) < fewestRatings) return [];
    return db.rating.findMany({
      where: { AND: [{ eventId, comment: { not: null } }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });
  }

  return { rate, eligibility, listComments };
}

function ratedMessage(event: Event, rating: Rating) {
  const eventId = eventIds.encode(event.id);
  const { event: ofEvent, participants, exchange, venue, organizer, revision } = rating;
  return {
    type: 'event.rated' as const,
    key: eventId,
    data: {
      ...{ eventId, revision, raterKey: rating.id, organizerId: userIds.encode(rating.organizerId) },
      ...{ eventType: event.type, countryCode: event.countryCode, city: event.city },
      ratings: { event: ofEvent, participants, exchange, venue, organizer },
      ratedAt: rating.updatedAt.toISOString(),
    },
  };
}
