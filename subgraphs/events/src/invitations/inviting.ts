import {
  addJob,
  AppError,
  dayMs,
  idempotent,
  parseInput,
  type Audit,
  type Clock,
  type Outbox,
  type Viewer,
} from '@diaspora/kit';
import type { Event, EventInvitation } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { eventIds, invitationIds, userIds } from '../ids.js';
import { isInvitable } from '../invitable.js';
import { expireInvitation, mailInvitation } from '../jobs.js';
import type { EventsMessages } from '../messages.js';
import { assertKnown } from '../people.js';
import { createSteering } from '../steering.js';
import {
  assertOnePerson,
  expiryOf,
  invitationsPerDay,
  missing,
  mostWaiting,
  newInvitation,
} from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
}

interface Invitee {
  readonly userId: string | null;
  readonly email: string | null;
}

/** What organizers do: ask, and take back. */
export function createInviting({ db, clock, outbox, audit }: Dependencies) {
  const { lockSteered } = createSteering({ clock });

  /** Asks a member, or whoever reads an address, to come. */
  async function invite(viewer: Viewer, eventId: string, input: object): Promise<EventInvitation> {
    const { idempotencyKey: key, userId, email, expiresInDays } = parseInput(newInvitation, input);
    assertOnePerson(userId, email);
    const invitee = { userId: userId ? userIds.decode(userId) : null, email: email?.toLowerCase() ?? null };
    const request = { eventId, ...invitee, expiresInDays };
    const call = { actor: viewer.id, operation: 'inviteToEvent', key, request };
    const { id } = await db.$transaction(async (tx) => {
      const event = await lockSteered(tx, viewer, eventId);
      return idempotent(tx, call, async () => {
        const expiresAt = expiryOf(event, clock.now(), expiresInDays);
        await assertMayInvite(tx, viewer, event, invitee);
        return { id: await insert(tx, viewer, event, { ...invitee, expiresAt }) };
      });
    });
    return db.eventInvitation.findUniqueOrThrow({ where: { id } });
  }

  async function assertMayInvite(tx: Transaction, viewer: Viewer, event: Event, { userId, email }: Invitee) {
    const now = clock.now();
    const { id: eventId } = event;
    if (event.status !== 'PUBLISHED' || event.endsAt <= now)
      throw new AppError('CONFLICT', 'The event is not to come.', { path: ['eventId'] });
    await tx.eventInvitation.updateMany({
      where: { eventId, status: 'PENDING', expiresAt: { lte: now } },
      data: { status: 'EXPIRED', email: null },
    });
    const standing = { eventId, status: 'PENDING' as const };
    if ((await tx.eventInvitation.count({ where: standing })) >= mostWaiting)
      throw new AppError('CONFLICT', `No more than ${mostWaiting} invitations wait at once.`);
    if (userId) await assertKnown(tx, userId);
    if (userId && !(await isInvitable(tx, userId, viewer.id)))
      throw new AppError('CONFLICT', 'This person cannot be asked.', { path: ['userId'] });
    if (userId && (await tx.registration.count({ where: { eventId, userId, status: 'CONFIRMED' } })) > 0)
      throw new AppError('CONFLICT', 'The person comes already.', { path: ['userId'] });
    const whom = userId ? { userId } : { email };
    if ((await tx.eventInvitation.count({ where: { ...standing, ...whom } })) > 0)
      throw new AppError('CONFLICT', 'An invitation is waiting for this person already.');
    // Invitations of one person at a time, or two of them would both count the last but one.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`invitations:${viewer.id}`}, 0))`;
    const since = new Date(now.getTime() - dayMs);
    const sent = await tx.eventInvitation.count({
      where: { invitedById: viewer.id, createdAt: { gt: since } },
    });
    if (sent >= invitationsPerDay)
      throw new AppError('RATE_LIMITED', `At most ${invitationsPerDay} invitations a day.`);
  }

  async function insert(
    tx: Transaction,
    viewer: Viewer,
    event: Event,
    invitee: Invitee & { readonly expiresAt: Date },
  ): Promise<string> {
    const id = invitationIds.create();
    const { userId, email, expiresAt } = invitee;
    const own = { id, eventId: event.id, invitedById: viewer.id, createdAt: clock.now() };
    await tx.eventInvitation.create({ data: { ...own, userId, email, expiresAt, status: 'PENDING' } });
    await addJob(tx, expireInvitation, { invitationId: id }, { runAt: expiresAt });
    if (userId) await tellInvited(tx, own, userId, expiresAt);
    else await addJob(tx, mailInvitation, { invitationId: id });
    await record(tx, 'eventInvitation.sent', { ...own, userId });
    return id;
  }

  async function tellInvited(
    tx: Transaction,
    { id, eventId, invitedById }: Pick<EventInvitation, 'id' | 'eventId' | 'invitedById'>,
    userId: string,
    expiresAt: Date,
  ): Promise<void> {
    const data = {
      invitationId: invitationIds.encode(id),
      eventId: eventIds.encode(eventId),
      userId: userIds.encode(userId),
      inviterId: userIds.encode(invitedById),
      expiresAt: expiresAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'eventInvitation.sent', key: data.eventId, data });
  }

  const record = (
    tx: Transaction,
    action: string,
    { id, eventId, userId }: Pick<EventInvitation, 'id' | 'eventId' | 'userId'>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'Event', id: eventIds.encode(eventId) },
      personId: userId,
      after: { invitationId: invitationIds.encode(id) },
    });

  const revoke = (viewer: Viewer, id: string): Promise<EventInvitation> =>
    db.$transaction(async (tx) => {
      const known = await tx.eventInvitation.findUnique({ where: { id } });
      if (!known) throw missing('invitationId');
      await lockSteered(tx, viewer, known.eventId);
      const invitation = await tx.eventInvitation.findUniqueOrThrow({ where: { id } });
      if (invitation.status !== 'PENDING') return invitation;
      await record(tx, 'eventInvitation.revoked', invitation);
      return tx.eventInvitation.update({ where: { id }, data: { status: 'REVOKED', email: null } });
    });

  return { invite, revoke };
}
