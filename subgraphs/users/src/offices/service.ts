import {
  addJob,
  AppError,
  idempotent,
  parseInput,
  text,
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
import { announceEpoch } from '../jobs.js';
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

const cityName = text({ max: 80 }).optional();
const key = z.string().min(1).max(64);

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
    const appointment = { ...input, city: parseInput(cityName, input.city) };
    const request = { ...appointment, endsAt: appointment.endsAt?.toISOString() ?? null };
    const call = {
      actor: appointerId,
      operation: 'appoint',
      key: parseInput(key, input.idempotencyKey),
      request,
    };
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
    await endLapsed(tx, { role, countryCode, cityKey: cityKeyOf(city) });
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
      ...{ officeId: officeIds.encode(id), userId: userIds.encode(holderId) },
      ...{ appointerId: userIds.encode(appointerId), role, countryCode, city: city ?? null },
      ...{ startsAt: now.toISOString(), endsAt: endsAt?.toISOString() ?? null },
    };
    await outbox.publish(tx, { type: 'office.appointed', key: data.userId, data });
    return { officeId: id, epoch: await raiseEpoch(tx, holderId) };
  }

  /** A term that ran out no longer holds the place. */
  const endLapsed = (tx: Transaction, place: Pick<Office, 'role' | 'countryCode' | 'cityKey'>) =>
    tx.$executeRaw`
      UPDATE offices SET ended_at = ends_at
      WHERE role = ${place.role}::office_role AND country_code = ${place.countryCode} AND city_key = ${place.cityKey}
        AND ended_at IS NULL AND ends_at <= ${clock.now()}`;

  async function end(actorId: string, officeId: string): Promise<Office> {
    const ended = await db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM offices WHERE id = ${officeId}::uuid FOR UPDATE`;
      const office = await tx.office.findUnique({ where: { id: officeId } });
      if (!office) throw new AppError('NOT_FOUND', 'There is no such office.', { path: ['officeId'] });
      const place = { countryCode: office.countryCode };
      if (office.holderId !== actorId && !mayAppoint(await appointerOf(tx, actorId), office.role, place)) {
        throw new AppError('FORBIDDEN', 'You may not end this office.');
      }
      if (office.endedAt) return { office, epoch: 0 };
      const now = clock.now();
      const data = {
        ...{
          officeId: officeIds.encode(office.id),
          userId: userIds.encode(office.holderId),
          role: office.role,
        },
        ...{ countryCode: office.countryCode, city: office.city, endedAt: now.toISOString() },
      };
      await outbox.publish(tx, { type: 'office.ended', key: data.userId, data });
      const epoch = await raiseEpoch(tx, office.holderId);
      return { office: await tx.office.update({ where: { id: officeId }, data: { endedAt: now } }), epoch };
    });
    await revocations.raiseEpoch(ended.office.holderId, ended.epoch);
    return ended.office;
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

  return { appoint, end, announceCurrentEpoch, listHeld, heldNow };
}
