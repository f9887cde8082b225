import { AppError, parseInput, type Clock, type Page } from '@diaspora/kit';
import type { Office } from '../__generated__/prisma/client.js';
import type { Db, Prisma } from '../database.js';
import { cityKeyOf, mayAppoint, type Offices } from '../offices/index.js';
import type { Platform } from '../platform-settings/index.js';
import { readMeans, readMeasures, type Means, type Measures } from './measures.js';
import {
  assertPeriod,
  eventsOwed,
  heldWithin,
  isMandateMet,
  noShowRate,
  ratingOf,
  scopeInput,
  type Period,
} from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly offices: Offices;
  readonly settings: Platform['settings'];
}

export interface Scope {
  readonly countryCode: string;
  readonly city?: string | null | undefined;
}

/** How consuls hold their office, for themselves and those above. */
export function createConsulPerformances({ db, clock, offices, settings }: Dependencies) {
  /** Consuls of the scope in the period, as far as the viewer may see them. Throws FORBIDDEN when that is nobody. */
  async function list(viewerId: string, scope: Scope, period: Period, page: Page): Promise<Office[]> {
    const { countryCode, city } = parseInput(scopeInput, scope);
    assertPeriod(period);
    const place = { role: 'CONSUL' as const, countryCode, ...(city ? { cityKey: cityKeyOf(city) } : {}) };
    const visible = { ...place, ...(await visibleTo(viewerId, place)) };
    return db.office.findMany({
      where: { AND: [visible, touching(period, clock.now()), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });
  }

  async function visibleTo(viewerId: string, place: Prisma.OfficeWhereInput & Scope) {
    if (mayAppoint(await offices.standing(viewerId), 'CONSUL', place)) return {};
    const own = { holderId: viewerId };
    if ((await db.office.count({ where: { ...place, ...own } })) > 0) return own;
    throw new AppError('FORBIDDEN', 'This is for the consul and those above.');
  }

  /** Of a page of offices, by three statements. */
  async function measure(held: readonly Office[], period: Period) {
    const now = clock.now();
    const windows = held.map((office) => ({ officeId: office.id, ...heldWithin(period, office, now) }));
    const [measures, means, { consulEventsPerYear: mandate }] = await Promise.all([
      readMeasures(db, windows, now),
      readMeans(db, period, now),
      settings(),
    ]);
    return held.map((office, index) =>
      performanceOf(office, windows[index]!, { ...measures.get(office.id)!, mandate }, means),
    );
  }

  return { list, measure };
}

export type ConsulPerformance = ReturnType<typeof performanceOf>;

function performanceOf(
  office: Office,
  { from, to }: Period,
  measures: Measures & { readonly mandate: number },
  means: Means,
) {
  const { mandate, held, registered, checkedIn, ratings: sampleSize, eventMean, organizerMean } = measures;
  const owed = eventsOwed({ from, to }, mandate);
  return {
    office,
    from,
    to,
    eventsHeld: held,
    eventsOwed: owed,
    isMandateMet: isMandateMet(held, owed),
    eventRating: ratingOf(sampleSize, eventMean, means.event),
    organizerRating: ratingOf(sampleSize, organizerMean, means.organizer),
    attendance: { registered, checkedIn, noShowRate: noShowRate(registered, checkedIn) },
  };
}

/** Held at some time of the period, up to now. */
const touching = ({ from, to }: Period, now: Date): Prisma.OfficeWhereInput => ({
  startsAt: { lt: to < now ? to : now },
  AND: [
    { OR: [{ endsAt: null }, { endsAt: { gt: from } }] },
    { OR: [{ endedAt: null }, { endedAt: { gt: from } }] },
  ],
});
