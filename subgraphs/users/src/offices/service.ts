import {
  addJob,
  AppError,
  idempotencyKey,
  idempotent,
  parseInput,
  placeName,
  type Clock,
  type Outbox,
  type Page,
  type Revocations,
} from '@diaspora/kit';
import { z } from 'zod';
import type { Office } from '../__generated__/prisma/client.js';
import type { Prisma } from '../database.js';
import { type Db, type Transaction } from '../database.js';
import { officeIds, userIds } from '../ids.js';
import { announceEpoch, endLapsedOffice } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import { assertMayAppoint, cityKeyOf, mayAppoint, type Appointer } from './rules.js';

export type Offices = ReturnType<typeof createOffices>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly revocations: Revocations;
}

export interface Appointment {
  readonly idempotencyKey: string;
  readonly role: 'AMBASSADOR' | 'CONSUL';
  readonly holderId: string;
  readonly countryCode: string;
  readonly city?: string;
  readonly endsAt: Date | null;
}

const appointmentInput = z.object({
  idempotencyKey: idempotencyKey(),
  city: placeName({ max: 80 }).optional(),
});

export function createOffices({ db, clock, outbox, revocations }: Dependencies) {
  /** Offices held now, for any of the people or in a place. */
  const heldNow = (): Prisma.OfficeWhereInput => {
    const now = clock.now();
    return { endedAt: null, startsAt: { lte: now }, OR: [{ endsAt: null }, { endsAt: { gt: now } }] };
  };

  async function appointerOf(tx: Transaction, id: string): Promise<Appointer> {
    const account = await tx.account.findUnique({
      where: { id },
      include: { offices: { where: heldNow() } },
    });
    if (!account) throw new AppError('FORBIDDEN', 'You may not appoint to this office.');
    return account;
  }

  async function appoint(appointerId: string, input: Appointment): Promise<Office> {
    const { idempotencyKey: key, city } = parseInput(appointmentInput, input);
    const appointment = { ...input, city };
    const request = { ...appointment, endsAt: appointment.endsAt?.toISOString() ?? null };
    const call = { actor: appointerId, operation: 'appoint', key, request };
    const outcome = await db.$transaction(async (tx) => {
      assertMayAppoint(await appointerOf(tx, appointerId), appointment);
      return idempotent(tx, call, () => create(tx, appointerId, appointment));
    });
    await revocations.raiseEpoch(input.holderId, outcome.epoch);
    return db.office.findUniqueOrThrow({ where: { id: outcome.officeId } });
  }

  async function create(
    tx: Transaction,
    appointerId: string,
    appointment: Omit<Appointment, 'idempotencyKey'>,
  ) {
    const { role, holderId, countryCode, city, endsAt } = appointment;
    const now = clock.now();
    if (endsAt && endsAt <= now)
      throw new AppError('INVALID_INPUT', 'The term ends in the past.', { path: ['endsAt'] });
    const holder = await tx.account.findFirst({ where: { id: holderId, emailVerifiedAt: { not: null } } });
    if (!holder) throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });
    await endLapsed(tx, { role, countryCode, cityKey: cityKeyOf(city) }, holderId);
    const id = officeIds.create();
    // The partial unique index of current offices decides between two appointments to one place.
    const taken = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO offices (id, role, holder_id, country_code, city, city_key, appointer_id, starts_at, ends_at)
      VALUES (${id}::uuid, ${role}::office_role, ${holderId}::uuid, ${countryCode}, ${city ?? null},
              ${cityKeyOf(city)}, ${appointerId}::uuid, ${now}, ${endsAt})
      ON CONFLICT (role, country_code, city_key) WHERE ended_at IS NULL DO NOTHING
      RETURNING id`;
    if (taken.length === 0)
      throw new AppError('CONFLICT', 'This office is held by somebody. End that term first.');
    const data = {
      officeId: officeIds.encode(id),
      userId: userIds.encode(holderId),
      appointerId: userIds.encode(appointerId),
      role,
      countryCode,
      city: city ?? null,
      startsAt: now.toISOString(),
      endsAt: endsAt?.toISOString() ?? null,
    };
    const epoch = await raiseEpoch(tx, holderId);
    await outbox.publish(tx, { type: 'office.appointed', key: data.userId, data });
    if (endsAt) await addJob(tx, endLapsedOffice, { officeId: id }, { runAt: endsAt });
    return { officeId: id, epoch };
  }

  /** Terms that ran out no longer hold the place, should their job be late. */
  async function endLapsed(
    tx: Transaction,
    { role, countryCode, cityKey }: Pick<Office, 'role' | 'countryCode' | 'cityKey'>,
    nextHolderId: string,
  ): Promise<void> {
    const lapsed = { role, countryCode, cityKey, endedAt: null, endsAt: { lte: clock.now() } };
    const offices = await tx.office.findMany({ where: lapsed });
    // In one order, so that two successions between the same people do not wait for each other.
    const accounts = [nextHolderId, ...offices.map((office) => office.holderId)];
    await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ANY(${accounts}::uuid[]) ORDER BY id FOR UPDATE`;
    for (const { id } of offices) {
      const office = await lock(tx, id);
      if (office && !office.endedAt) await finish(tx, office, office.endsAt!);
    }
  }

  /** The office as nobody else can change it until this transaction ends. */
  async function lock(tx: Transaction, officeId: string): Promise<Office | null> {
    await tx.$executeRaw`SELECT 1 FROM offices WHERE id = ${officeId}::uuid FOR UPDATE`;
    return tx.office.findUnique({ where: { id: officeId } });
  }

  /** Ends a locked office: the holder's tokens age, the others are told. */
  async function finish(tx: Transaction, office: Office, endedAt: Date) {
    const epoch = await raiseEpoch(tx, office.holderId);
    const userId = userIds.encode(office.holderId);
    const data = {
      officeId: officeIds.encode(office.id),
      userId,
      role: office.role,
      countryCode: office.countryCode,
      city: office.city,
      endedAt: endedAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'office.ended', key: userId, data });
    return { office: await tx.office.update({ where: { id: office.id }, data: { endedAt } }), epoch };
  }

  async function end(actorId: string, officeId: string): Promise<Office> {
    const ended = await db.$transaction(async (tx) => {
      const office = await lock(tx, officeId);
      if (!office) throw new AppError('NOT_FOUND', 'There is no such office.', { path: ['officeId'] });
      const place = { countryCode: office.countryCode };
      if (office.holderId !== actorId && !mayAppoint(await appointerOf(tx, actorId), office.role, place)) {
        throw new AppError('FORBIDDEN', 'You may not end this office.');
      }
      const now = clock.now();
      const endedAt = office.endsAt && office.endsAt < now ? office.endsAt : now;
      return office.endedAt ? { office, epoch: 0 } : finish(tx, office, endedAt);
    });
    await revocations.raiseEpoch(ended.office.holderId, ended.epoch);
    return ended.office;
  }

  /** The job of a term's last moment: authority ends with it, not with the last token that names it. */
  async function endIfLapsed({ officeId }: { officeId: string }): Promise<void> {
    await db.$transaction(async (tx) => {
      const office = await lock(tx, officeId);
      if (!office?.endsAt || office.endedAt) return;
      if (office.endsAt > clock.now()) throw new Error('The term goes on; look again later');
      await finish(tx, office, office.endsAt);
    });
  }

  /** Makes the person's tokens stale, so that new authority and lost authority count from the next request on. */
  async function raiseEpoch(tx: Transaction, accountId: string): Promise<number> {
    const { sessionEpoch } = await tx.account.update({
      where: { id: accountId },
      data: { sessionEpoch: { increment: 1 } },
    });
    await addJob(tx, announceEpoch, { accountId });
    return sessionEpoch;
  }

  /** The job behind `raiseEpoch`, for when this process dies or Redis is away right after the commit. */
  async function announceCurrentEpoch({ accountId }: { accountId: string }): Promise<void> {
    const account = await db.account.findUnique({ where: { id: accountId } });
    if (!account) return;
    const isAnnounced = await revocations.raiseEpoch(accountId, account.sessionEpoch);
    if (!isAnnounced) throw new Error('Redis is away; the epoch will be announced again');
  }

  const listHeld = (countryCode: string, page: Page): Promise<Office[]> =>
    db.office.findMany({
      where: { AND: [{ countryCode }, heldNow(), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { appoint, end, endIfLapsed, announceCurrentEpoch, listHeld, heldNow };
}
