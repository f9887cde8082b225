import {
  AppError,
  idempotencyKey as keySchema,
  idempotent,
  parseInput,
  type Clock,
  type Viewer,
} from '@diaspora/kit';
import type { Event, Registration } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Db, Transaction } from '../database.js';
import { acceptInvitation } from '../invitations/index.js';
import type { Places } from '../places/index.js';
import { keepAnswers, mostGuests, type GivenAnswer } from '../registration-form/index.js';
import { createSteering } from '../steering.js';
import { createTurns } from '../turns.js';
import { createLooking } from './looking.js';
import type { Queue } from './queue.js';
import { assertGuests, needsApproval, refusalError, refusalOf } from './rules.js';
import type { Transitions } from './transitions.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly places: Places;
  readonly transitions: Transitions;
  readonly queue: Queue;
}

export interface Wish {
  readonly eventId: string;
  readonly guests: number;
  readonly answers: readonly GivenAnswer[];
}

/** Coming to an event: many may want its last place at once. */
export function createRegistering({ db, clock, places, transitions, queue }: Dependencies) {
  const { lockVisible } = createSteering({ clock });
  const lookAt = createLooking({ clock, places });
  const inTurn = createTurns();

  const passOn = (eventIds: readonly string[]) => (error: unknown) => queue.passOnAfter(error, eventIds);

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

  return { register };
}
