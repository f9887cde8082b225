import { addJob, AppError, type Audit, type Clock, type Outbox } from '@diaspora/kit';
import type { Office, OfficeEndCause, OfficeRole } from '../__generated__/prisma/client.js';
import { lockAccount } from '../accounts/index.js';
import type { Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { officeIds, userIds } from '../ids.js';
import { beginOffice, endLapsedOffice, warnOfMandate } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import { activeSuperUsers } from '../super-users/index.js';
import { heldAt } from './conditions.js';
import { cityKeyOf, warningOf, type Place, type Seats, type Term } from './rules.js';

export interface OfficeDependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
  readonly seats: Seats;
}

export interface Appointed extends Place, Term {
  readonly role: OfficeRole;
  readonly holderId: string;
  readonly appointerId: string;
}

/** An office as it became, and the epoch of its holder to announce after the commit. */
export interface Turn {
  readonly office: Office;
  readonly epoch: number;
}

const mostConfirmers = 100;

/** How terms begin and end, within the transaction of whoever decided it. Rows of offices are locked before accounts. */
export function createTerms({ clock, outbox, audit, epochs, seats }: OfficeDependencies) {
  const note = (
    tx: Transaction,
    action: string,
    office: Office,
    change: { before?: object; after?: object; reason?: string | null },
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'Office', id: officeIds.encode(office.id) },
      personId: office.holderId,
      reason: change.reason ?? null,
      ...(change.before && { before: { ...change.before } }),
      ...(change.after && { after: { ...change.after } }),
    });

  /** The holder stays as they are found until the commit: whoever keeps them out or erases them comes before or after. */
  async function begin(tx: Transaction, appointed: Appointed): Promise<Turn> {
    const { holderId, startsAt, endsAt } = appointed;
    const holder = await lockAccount(tx, holderId);
    if (!holder?.emailVerifiedAt || holder.suspendedAt)
      throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });
    const office = await takeSeat(tx, appointed);
    const data = {
      ...placeOf(office),
      appointerId: userIds.encode(office.appointerId),
      startsAt: startsAt.toISOString(),
      endsAt: endsAt?.toISOString() ?? null,
    };
    await outbox.publish(tx, { type: 'office.appointed', key: data.userId, data });
    const { role, countryCode, city } = data;
    const after = { role, countryCode, city, startsAt: data.startsAt, endsAt: data.endsAt };
    await note(tx, 'office.appointed', office, { after });
    await scheduleEnd(tx, office);
    if (startsAt <= clock.now()) return { office, epoch: await epochs.raise(tx, holderId) };
    await addJob(tx, beginOffice, { officeId: office.id }, { runAt: startsAt });
    return { office, epoch: 0 };
  }

  /** The first seat that nobody has at any time of the term: of those who try at once, constraints let one sit in each. */
  async function takeSeat(tx: Transaction, appointed: Appointed): Promise<Office> {
    const { role, holderId, countryCode, city, appointerId, startsAt, endsAt } = appointed;
    const id = officeIds.create();
    for (let seat = 1; seat <= seats[role]; seat++) {
      const taken = await tx.$executeRaw`
        INSERT INTO offices (id, role, holder_id, country_code, city, city_key, seat, appointer_id, starts_at, ends_at)
        VALUES (${id}::uuid, ${role}::office_role, ${holderId}::uuid, ${countryCode}, ${city ?? null},
                ${cityKeyOf(city)}, ${seat}::int, ${appointerId}::uuid, ${startsAt}, ${endsAt})
        ON CONFLICT DO NOTHING`;
      if (taken > 0) return tx.office.findUniqueOrThrow({ where: { id } });
    }
    throw new AppError('CONFLICT', 'This office is held at that time. End that term first.');
  }

  /** What happens at the end of a term, if it has one, and ahead of it. */
  async function scheduleEnd(tx: Transaction, office: Office): Promise<void> {
    if (!office.endsAt) return;
    const end = { officeId: office.id, endsAt: office.endsAt.toISOString() };
    await addJob(tx, endLapsedOffice, end, { runAt: office.endsAt });
    const warnAt = warningOf(office);
    if (warnAt) await addJob(tx, warnOfMandate, end, { runAt: warnAt });
  }

  /** The office as nobody else can change it until this transaction ends; of an ambassador with all of the country. */
  async function lock(tx: Transaction, officeId: string): Promise<Office | null> {
    await tx.$executeRaw`
      SELECT 1 FROM offices o JOIN offices asked ON asked.id = ${officeId}::uuid
      WHERE o.id = asked.id OR (asked.role = 'AMBASSADOR' AND o.role = 'AMBASSADOR'
        AND o.country_code = asked.country_code AND o.ended_at IS NULL)
      ORDER BY o.id FOR UPDATE OF o`;
    return tx.office.findUnique({ where: { id: officeId } });
  }

  /** Ends a locked office: the holder's tokens age, the others are told. */
  async function finish(
    tx: Transaction,
    office: Office,
    end: { endedAt: Date; endCause: OfficeEndCause; reason?: string | null },
  ): Promise<Turn> {
    const { endedAt, endCause } = end;
    const data = { ...placeOf(office), endedAt: endedAt.toISOString() };
    const ended = await tx.office.update({ where: { id: office.id }, data: { endedAt, endCause } });
    await outbox.publish(tx, { type: 'office.ended', key: data.userId, data });
    await note(tx, 'office.ended', office, {
      before: { endedAt: null },
      after: { endedAt: data.endedAt, endCause },
      reason: end.reason ?? null,
    });
    if (office.role === 'AMBASSADOR' && office.startsAt <= endedAt) await leaveToConfirm(tx, office);
    return { office: ended, epoch: await epochs.raise(tx, office.holderId) };
  }

  /**
   * Consuls stay when whoever appointed them, or confirmed them since, goes, and all of the country when its last ambassador does; those above hear
   * that nobody stands behind them.
   */
  async function leaveToConfirm(tx: Transaction, { countryCode, holderId }: Office): Promise<void> {
    const now = clock.now();
    const ambassadors = await tx.office.findMany({
      where: { AND: [{ role: 'AMBASSADOR', countryCode }, heldAt(now)] },
    });
    const consuls = await tx.office.updateManyAndReturn({
      where: {
        ...{ role: 'CONSUL', countryCode, endedAt: null, needsConfirmationSince: null },
        AND: [
          { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
          ambassadors.length > 0 ? answeredForBy(holderId) : {},
        ],
      },
      data: { needsConfirmationSince: now },
    });
    if (consuls.length === 0) return;
    const superUsers = await tx.account.findMany({
      where: activeSuperUsers,
      select: { id: true },
      take: mostConfirmers,
    });
    const above = new Set([...ambassadors.map((each) => each.holderId), ...superUsers.map(({ id }) => id)]);
    for (const consul of consuls) await escalate(tx, consul, [...above], now);
  }

  async function escalate(
    tx: Transaction,
    consul: Office,
    above: readonly string[],
    since: Date,
  ): Promise<void> {
    const data = {
      ...placeOf(consul),
      since: since.toISOString(),
      confirmerIds: above.filter((id) => id !== consul.holderId).map((id) => userIds.encode(id)),
    };
    await outbox.publish(tx, { type: 'office.needsConfirmation', key: data.userId, data });
    const after = { needsConfirmationSince: data.since };
    await note(tx, 'office.leftToConfirm', consul, { after });
  }

  return { begin, finish, lock, note, scheduleEnd };
}

/** Whoever confirmed a consul last, and otherwise whoever appointed them. */
const answeredForBy = (id: string) => ({ OR: [{ confirmerId: id }, { confirmerId: null, appointerId: id }] });

/** Which office it is, as messages say it. */
export const placeOf = ({ id, holderId, role, countryCode, city }: Office) => ({
  officeId: officeIds.encode(id),
  userId: userIds.encode(holderId),
  role,
  countryCode,
  city,
});
