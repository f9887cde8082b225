import {
  AppError,
  idempotencyKey as keySchema,
  idempotent,
  parseInput,
  type Clock,
  type Page,
  type Viewer,
} from '@diaspora/kit';
import type {
  Event,
  EventInvitation,
  Registration,
  RegistrationStatus,
  WaitlistEntry,
} from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import { usedOf } from '../check-in/index.js';
import type { Db, Transaction } from '../database.js';
import { acceptInvitation, isStanding } from '../invitations/index.js';
import type { Places } from '../places/index.js';
import { keepAnswers, mostGuests, settingsOf, type GivenAnswer } from '../registration-form/index.js';
import { createSteering } from '../steering.js';
import { createTurns } from '../turns.js';
import { createLooking } from './looking.js';
import {
  freeFor,
  mostInterests,
  needsApproval,
  offerExpiryOf,
  refusalError,
  refusalOf,
  stepAfter,
  type Attempt,
} from './rules.js';
import type { Transitions } from './transitions.js';

export type Participation = ReturnType<typeof createParticipation>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly places: Places;
  readonly transitions: Transitions;
  readonly queue: Queue;
}

/** Those who wait for places of events. */
export interface Queue {
  /** Offers places that are free to those who wait. The event is locked. */
  offerNext(this: void, tx: Transaction, eventId: string): Promise<void>;
  /** What was refused for want of places has undone the offers it made first: they are made after all. Throws the error. */
  passOnAfter(this: void, error: unknown, eventIds: readonly string[]): Promise<never>;
  /** Those who wait come before a person who buys; what is offered to the person is free for it. The event is locked. */
  claim(this: void, tx: Transaction, whose: { eventId: string; userId: string }): Promise<void>;
  /** A person who waited has come to a place. The event is locked. */
  settle(this: void, tx: Transaction, whose: { eventId: string; userId: string }): Promise<void>;
}

/** What the viewer is shown before they try. */
type Glance = Omit<Attempt, 'now' | 'places' | 'isInvited'> & {
  readonly invitation: EventInvitation | null;
  readonly entry: WaitlistEntry | null;
  /** How many places the most modest of those who wait and may come wants; null where nobody does. */
  readonly queue: { readonly fewest: number | null } | null;
};

export interface Wish {
  readonly eventId: string;
  readonly guests: number;
  readonly answers: readonly GivenAnswer[];
}

export function createParticipation({ db, clock, places, transitions, queue }: Dependencies) {
  const { lockVisible } = createSteering({ clock });
  const lookAt = createLooking({ clock, places });
  const inTurn = createTurns();

  /** Takes a place, or answers the one the viewer holds. With a key, a late repetition never takes a second one. */
  async function register(viewer: Viewer, wish: Wish, idempotencyKey: string | null): Promise<Registration> {
    assertGuests(wish.guests, mostGuests);
    if (idempotencyKey === null) {
      const id = early(db, viewer, wish).then(
        (known) => known ?? inTurn(wish.eventId, () => db.$transaction((tx) => take(tx, viewer, wish))),
      );
      return findRegistration(await id.catch(passOn([wish.eventId])));
    }
    const call = {
      actor: viewer.id,
      operation: 'registerForEvent',
      key: parseInput(keySchema(), idempotencyKey),
      request: wish,
    };
    const once = (tx: Transaction) =>
      idempotent(tx, call, async () => ({
        registrationId: (await early(tx, viewer, wish)) ?? (await take(tx, viewer, wish)),
      }));
    const stored = inTurn(wish.eventId, () => db.$transaction(once));
    return findRegistration((await stored.catch(passOn([wish.eventId]))).registrationId);
  }

  const passOn = (eventIds: readonly string[]) => (error: unknown) => queue.passOnAfter(error, eventIds);

  const findRegistration = (id: string) => db.registration.findUniqueOrThrow({ where: { id } });

  /** The registration that stands already. Refuses, without a lock, what cannot succeed; under it all is looked at again. */
  async function early(client: Transaction, viewer: Viewer, wish: Wish): Promise<string | null> {
    const event = await client.event.findFirst({
      where: { AND: [{ id: wish.eventId }, visibleTo(viewer, clock.now())] },
    });
    if (!event) throw new AppError('NOT_FOUND', 'There is no such event.', { path: ['eventId'] });
    const known = await admit(client, viewer, event, wish);
    return typeof known === 'string' ? known : null;
  }

  /** The id of a registration that stands already, or what the viewer comes in by. Throws what is in the way. */
  async function admit(client: Transaction, viewer: Viewer, event: Event, wish: Wish) {
    const looked = await lookAt(client, viewer, event, 1 + wish.guests);
    const { registration, settings } = looked;
    const standing = registration?.status === 'PENDING' && needsApproval(looked);
    if (registration && (registration.status === 'CONFIRMED' || standing)) return registration.id;
    const refusal = refusalOf(looked);
    // Without a lock, the last place may be the viewer's own, taken by another call between the two statements.
    const own = refusal === 'SOLD_OUT' ? await standingOf(client, viewer, event) : null;
    if (own) return own.id;
    if (refusal) throw refusalError(refusal, event, settings);
    assertGuests(wish.guests, settings.maxGuests);
    return looked;
  }

  const standingOf = (client: Transaction, viewer: Viewer, event: Event) =>
    client.registration.findFirst({ where: { eventId: event.id, userId: viewer.id, status: 'CONFIRMED' } });

  /** Lock order: the event, then the registration. */
  async function take(tx: Transaction, viewer: Viewer, wish: Wish): Promise<string> {
    const event = await lockVisible(tx, viewer, wish.eventId);
    // Free places are for those who wait, before anybody else.
    if ((await lookAt(tx, viewer, event, 0)).hasQueue) await queue.offerNext(tx, event.id);
    const admitted = await admit(tx, viewer, event, wish);
    if (typeof admitted === 'string') return admitted;
    const whose = { eventId: event.id, userId: viewer.id };
    const registration = needsApproval(admitted)
      ? await transitions.request(tx, whose, wish.guests)
      : await transitions.confirm(tx, whose, { guests: wish.guests, instead: admitted.offerId });
    if (!registration) throw refusalError('SOLD_OUT', event, admitted.settings);
    if (registration.status === 'CONFIRMED') await queue.settle(tx, whose);
    if (admitted.isInvited) await acceptInvitation(tx, whose);
    await keepAnswers(tx, registration, wish.answers);
    return registration.id;
  }

  /** Locks the event of a registration of the viewer's, then answers the registration as it is. */
  async function lockOwn(tx: Transaction, viewer: Viewer, id: string) {
    const missing = new AppError('NOT_FOUND', 'There is no such registration.', { path: ['registrationId'] });
    const known = await tx.registration.findFirst({ where: { id, userId: viewer.id } });
    if (!known) throw missing;
    const [event] = await places.lockEvents(tx, [known.eventId]);
    const registration = await tx.registration.findFirst({ where: { id } });
    if (!event || !registration) throw missing;
    return { event, registration };
  }

  /** Gives a place back. */
  const cancel = (viewer: Viewer, id: string): Promise<Registration> =>
    db.$transaction(async (tx) => {
      const { event, registration } = await lockOwn(tx, viewer, id);
      if (registration.status === 'CANCELLED') return registration;
      assertOpen(event, registration);
      if (registration.status === 'DECLINED')
        throw new AppError('CONFLICT', 'The organizers declined it.', { payload: { registration } });
      if (registration.status === 'CONFIRMED' && registration.places === 0)
        throw new AppError('CONFLICT', 'You come with a ticket: give that back.', {
          payload: { registration },
        });
      await assertUnused(tx, registration);
      return transitions.end(tx, registration, 'CANCELLED');
    });

  async function assertUnused(tx: Transaction, registration: Registration): Promise<void> {
    if ((await usedOf(tx, 'REGISTRATION', [registration.id])).size > 0)
      throw new AppError('CONFLICT', 'You were let in: your place is used.', { payload: { registration } });
  }

  const change = (
    viewer: Viewer,
    id: string,
    { guests, answers }: { guests?: number | null; answers?: readonly GivenAnswer[] | null },
  ): Promise<Registration> => {
    const asked: string[] = [];
    return db
      .$transaction(async (tx) => {
        const { event, registration } = await lockOwn(tx, viewer, id);
        asked.push(event.id);
        assertOpen(event, registration);
        if (registration.status !== 'CONFIRMED' && registration.status !== 'PENDING')
          throw new AppError('CONFLICT', 'You are not registered.', { payload: { registration } });
        if (answers) await keepAnswers(tx, registration, answers);
        if (guests == null || guests === registration.guests) return registration;
        const settings = await settingsOf(tx, event.id);
        if (guests > registration.guests || guests < 0) assertGuests(guests, settings.maxGuests);
        const isByTicket = registration.status === 'CONFIRMED' && registration.places === 0;
        if (isByTicket)
          throw new AppError('CONFLICT', 'Guests have tickets of their own.', { path: ['guests'] });
        // More places are for those who wait first.
        if (registration.places > 0 && guests > registration.guests) await queue.offerNext(tx, event.id);
        if (guests < registration.guests) await assertUnused(tx, registration);
        const resized = await transitions.resize(tx, registration, guests);
        if (!resized) throw refusalError('SOLD_OUT', event, settings);
        return resized;
      })
      .catch(passOn(asked));
  };

  function assertOpen(event: Event, registration: Registration): void {
    if (event.endsAt <= clock.now())
      throw new AppError('CONFLICT', 'The event is over.', { payload: { registration } });
  }

  /** Notes that the viewer may come, or that they will not. Nobody who holds a place or asked for one does so. */
  const setInterest = (viewer: Viewer, eventId: string, isInterested: boolean): Promise<Event> =>
    db.$transaction(async (tx) => {
      const event = await lockVisible(tx, viewer, eventId);
      const whose = { eventId, userId: viewer.id };
      const known = await tx.registration.findUnique({ where: { eventId_userId: whose } });
      const isNoted = known?.status === 'INTERESTED';
      if (isNoted === isInterested) return event;
      if (isNoted) await transitions.end(tx, known, 'CANCELLED');
      else if (event.status !== 'PUBLISHED' || event.endsAt <= clock.now())
        throw new AppError('REGISTRATION_CLOSED', 'The event is not to come.', { path: ['eventId'] });
      else if (known && known.status !== 'CANCELLED')
        throw new AppError('CONFLICT', 'You have registered.', { path: ['eventId'] });
      else {
        await assertRoomForInterest(tx, viewer.id);
        await transitions.note(tx, whose);
      }
      return event;
    });

  /** Interest costs nothing and is written into each of a person's calendars. */
  async function assertRoomForInterest(tx: Transaction, userId: string): Promise<void> {
    // One at a time of a person, or two of them would both count the last but one.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`interest:${userId}`}, 0))`;
    const toCome = { status: 'PUBLISHED' as const, endsAt: { gt: clock.now() } };
    const noted = await tx.registration.count({ where: { userId, status: 'INTERESTED', event: toCome } });
    if (noted >= mostInterests)
      throw new AppError('CONFLICT', `You may come to ${mostInterests} events already.`, {
        path: ['eventId'],
      });
  }

  const eligibility = ({ entry, queue: waiting, invitation, ...looked }: Glance) => {
    const now = clock.now();
    const hasOffer =
      entry?.status === 'OFFERED' && entry.offerExpiresAt !== null && entry.offerExpiresAt > now;
    const places = 1;
    const isQueueServed = offerExpiryOf(looked.event, looked.settings, now) !== null;
    const fewest = isQueueServed ? (waiting?.fewest ?? null) : null;
    const free = freeFor(looked.free, { entry: hasOffer ? entry : null, fewest });
    const isInvited = invitation !== null && isStanding(invitation, now);
    const attempt = { ...looked, isInvited, free, places, now };
    const reasonCode = refusalOf(attempt);
    const nextStep = stepAfter(reasonCode, { ...attempt, hasOffer, isWaiting: entry?.status === 'WAITING' });
    return { isAllowed: reasonCode === null, reasonCode, nextStep };
  };

  const listForEvent = (eventId: string, status: RegistrationStatus, page: Page): Promise<Registration[]> =>
    db.registration.findMany({
      where: { AND: [{ eventId, status }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  const listForUser = (userId: string, page: Page): Promise<Registration[]> =>
    db.registration.findMany({
      where: { AND: [{ userId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { register, cancel, change, setInterest, eligibility, listForEvent, listForUser };
}

export function assertGuests(guests: number, most: number): void {
  if (guests >= 0 && guests <= most) return;
  const message = most === 0 ? 'The event is without guests.' : `One person brings at most ${most} guests.`;
  throw new AppError('INVALID_INPUT', message, { path: ['guests'] });
}
