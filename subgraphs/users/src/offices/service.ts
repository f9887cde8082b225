import { AppError, idempotent, parseInput, type Page } from '@diaspora/kit';
import type { Office, OfficeEndCause, OfficeRole } from '../__generated__/prisma/client.js';
import type { Db, Prisma, Transaction } from '../database.js';
import { heldAt, inStatus } from './conditions.js';
import {
  appointmentInput,
  assertExtends,
  assertMayAppoint,
  assertMayDecide,
  reasonInput,
  statusOf,
  termOf,
  type Appointer,
  type OfficeStatus,
} from './rules.js';
import { readStanding, standingOf } from './standing.js';
import { createTerms, placeOf, type OfficeDependencies, type Turn } from './terms.js';

export type Offices = ReturnType<typeof createOffices>;

interface Dependencies extends OfficeDependencies {
  readonly db: Db;
}

export interface Appointment {
  readonly idempotencyKey: string;
  readonly role: OfficeRole;
  readonly holderId: string;
  readonly countryCode: string;
  readonly city?: string;
  readonly startsAt?: Date | null | undefined;
  readonly endsAt?: Date | null | undefined;
}

const noSuchOffice = () => new AppError('NOT_FOUND', 'There is no such office.', { path: ['officeId'] });

export function createOffices({ db, ...dependencies }: Dependencies) {
  const { clock, outbox, epochs } = dependencies;
  const terms = createTerms(dependencies);

  /** Runs a change of an office; its holder's tokens are stale from the commit on. */
  async function turn(change: (tx: Transaction) => Promise<Turn>): Promise<Office> {
    const { office, epoch } = await db.$transaction(change);
    await epochs.announce(office.holderId, epoch);
    return office;
  }

  async function appoint(appointerId: string, input: Appointment): Promise<Office> {
    const { idempotencyKey: key, city } = parseInput(appointmentInput, input);
    const { role, holderId, countryCode, startsAt = null, endsAt = null } = input;
    const place = { role, holderId, countryCode, city: city ?? null };
    const request = { ...place, startsAt: startsAt?.toISOString(), endsAt: endsAt?.toISOString() ?? null };
    const call = { actor: appointerId, operation: 'appoint', key, request };
    const outcome = await db.$transaction(async (tx) => {
      assertMayAppoint(await standingOf(tx, appointerId, clock.now()), place);
      return idempotent(tx, call, async () => {
        const term = termOf({ startsAt, endsAt }, clock.now());
        const { office, epoch } = await terms.begin(tx, { ...place, ...term, appointerId });
        return { officeId: office.id, epoch };
      });
    });
    await epochs.announce(holderId, outcome.epoch);
    return db.office.findUniqueOrThrow({ where: { id: outcome.officeId } });
  }

  /** The locked office, and the standing of whoever decides about it. Throws unless they may. */
  async function lockToDecide(tx: Transaction, actorId: string, officeId: string): Promise<Office> {
    const actor = await standingOf(tx, actorId, clock.now());
    const office = await terms.lock(tx, officeId);
    if (!office) throw noSuchOffice();
    assertMayDecide(actor, office);
    return office;
  }

  async function end(
    actorId: string,
    officeId: string,
    input: { reason?: string | null | undefined } = {},
  ): Promise<Office> {
    const { reason = null } = parseInput(reasonInput, input);
    const known = await db.office.findUnique({ where: { id: officeId } });
    if (!known) throw noSuchOffice();
    const isResigning = known.holderId === actorId;
    return turn(async (tx) => {
      const office = isResigning
        ? (await terms.lock(tx, officeId))!
        : await lockToDecide(tx, actorId, officeId);
      if (office.endedAt) return { office, epoch: 0 };
      const now = clock.now();
      if (office.endsAt && office.endsAt <= now)
        return terms.finish(tx, office, { endedAt: office.endsAt, endCause: 'TERM_OVER' });
      return terms.finish(tx, office, {
        endedAt: now,
        endCause: isResigning ? 'RESIGNED' : 'REVOKED',
        reason,
      });
    });
  }

  /** Makes a term longer, or open. Tokens stay good: nobody gains what they did not have. */
  const extend = (actorId: string, officeId: string, endsAt: Date | null): Promise<Office> =>
    turn(async (tx) => {
      const office = await lockToDecide(tx, actorId, officeId);
      if (office.endedAt === null && office.endsAt?.getTime() === endsAt?.getTime())
        return { office, epoch: 0 };
      assertExtends(office, endsAt, clock.now());
      const extended = await lengthen(tx, office, endsAt);
      await terms.note(tx, 'office.extended', office, {
        before: { endsAt: office.endsAt?.toISOString() ?? null },
        after: { endsAt: endsAt?.toISOString() ?? null },
      });
      const data = { ...placeOf(office), endsAt: endsAt?.toISOString() ?? null };
      await outbox.publish(tx, { type: 'office.extended', key: data.userId, data });
      await terms.scheduleEnd(tx, extended);
      return { office: extended, epoch: 0 };
    });

  const lengthen = (tx: Transaction, { id }: Office, endsAt: Date | null): Promise<Office> =>
    tx.office.update({ where: { id }, data: { endsAt } }).catch((error: unknown) => {
      if (!isExclusion(error)) throw error;
      throw new AppError('CONFLICT', 'Somebody else is appointed from the end of this term on.');
    });

  /** Somebody stands behind a consul again, and answers for them from then on. */
  const confirm = (actorId: string, officeId: string): Promise<Office> =>
    turn(async (tx) => {
      const office = await lockToDecide(tx, actorId, officeId);
      if (statusOf(office, clock.now()) === 'ENDED')
        throw new AppError('CONFLICT', 'This office has ended.', { payload: { office } });
      if (!office.needsConfirmationSince) return { office, epoch: 0 };
      const data = { needsConfirmationSince: null };
      const confirmed = await tx.office.update({
        where: { id: officeId },
        data: { ...data, confirmerId: actorId },
      });
      const before = { needsConfirmationSince: office.needsConfirmationSince.toISOString() };
      await terms.note(tx, 'office.confirmed', office, { before, after: data });
      const message = { ...placeOf(office), confirmedAt: clock.now().toISOString() };
      await outbox.publish(tx, { type: 'office.confirmed', key: message.userId, data: message });
      return { office: confirmed, epoch: 0 };
    });

  /** The job of a term's first moment: tokens from before it do not name the office. */
  async function beginDue({ officeId }: { officeId: string }): Promise<void> {
    const office = await db.office.findUnique({ where: { id: officeId } });
    if (!office || office.endedAt) return;
    if (office.startsAt > clock.now()) throw new Error('The term has not begun; look again later');
    await turn(async (tx) => ({ office, epoch: await epochs.raise(tx, office.holderId) }));
  }

  /** The job of a term's last moment: authority ends with it, not with the last token that names it. */
  async function endIfLapsed(due: { officeId: string; endsAt?: string | undefined }): Promise<void> {
    await db.$transaction(async (tx) => {
      const office = await terms.lock(tx, due.officeId);
      if (!office?.endsAt || office.endedAt) return;
      // Another job waits for the end of a term that was extended.
      if (due.endsAt && due.endsAt !== office.endsAt.toISOString()) return;
      if (office.endsAt > clock.now()) throw new Error('The term goes on; look again later');
      await terms.finish(tx, office, { endedAt: office.endsAt, endCause: 'TERM_OVER' });
    });
  }

  const list = (where: Prisma.OfficeWhereInput, page: Page): Promise<Office[]> =>
    db.office.findMany({ where: { AND: [where, page.where] }, orderBy: page.orderBy, take: page.take });

  const listIn = (countryCode: string, status: OfficeStatus | null, page: Page): Promise<Office[]> => {
    const now = clock.now();
    return list({ AND: [{ countryCode }, status ? inStatus(status, now) : heldAt(now)] }, page);
  };

  /** Consuls whom the person could confirm. */
  async function listToConfirm(personId: string, page: Page): Promise<Office[]> {
    const person = await standing(personId);
    const countryCode = { in: person.offices.map((office) => office.countryCode) };
    const scope = person.isSuperUser ? {} : { countryCode };
    const mine = { holderId: { not: personId }, ...scope };
    return list({ AND: [mine, inStatus('NEEDS_CONFIRMATION', clock.now())] }, page);
  }

  const standing = (personId: string): Promise<Appointer> => readStanding(db, personId, clock.now());

  /** For an account that ends, in its transaction, before it is locked: terms that are to come end too. */
  async function endAllOf(
    tx: Transaction,
    holderId: string,
    end: { endCause: OfficeEndCause; reason?: string } = { endCause: 'RESIGNED' },
  ): Promise<number> {
    const held = await tx.office.findMany({ where: { holderId, endedAt: null }, orderBy: { id: 'asc' } });
    for (const { id } of held) {
      const office = await terms.lock(tx, id);
      if (!office || office.endedAt) continue;
      await terms.finish(tx, office, { ...end, endedAt: clock.now() });
    }
    return held.length;
  }

  return {
    endAllOf,
    appoint,
    end,
    extend,
    confirm,
    beginDue,
    endIfLapsed,
    listIn,
    listToConfirm,
    standing,
    begin: terms.begin,
    lock: terms.lock,
    heldNow: () => heldAt(clock.now()),
    statusOf: (office: Office) => statusOf(office, clock.now()),
  };
}

/** Whether the term would overlap with another of its seat (SQLSTATE 23P01). */
const isExclusion = (error: unknown): boolean =>
  error instanceof Error && /23P01|offices_one_holder_a_seat|offices_held_once/.test(error.message);
