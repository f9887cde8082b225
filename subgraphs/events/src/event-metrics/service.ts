import { Prisma, type Db } from '../database.js';
import type { Report } from './rules.js';

export type EventMetrics = ReturnType<typeof createEventMetrics>;

export interface Counts {
  readonly created: number;
  readonly held: number;
  readonly registrations: number;
  readonly checkIns: number;
  readonly ticketsSold: number;
  readonly ticketsRefunded: number;
  /** Of the people expected at events with a check-in, 0 to 1. */
  readonly attendanceRate: number | null;
}

export type Interval = 'DAY' | 'WEEK' | 'MONTH';

const mostCountries = 250;
const { sql } = Prisma;

const sums = sql`coalesce(sum(created), 0)::int AS created, coalesce(sum(held), 0)::int AS held,
  coalesce(sum(registrations), 0)::int AS registrations, coalesce(sum(check_ins), 0)::int AS "checkIns",
  coalesce(sum(tickets_sold), 0)::int AS "ticketsSold", coalesce(sum(tickets_refunded), 0)::int AS "ticketsRefunded",
  CASE WHEN sum(expected) > 0 THEN least(1, sum(attended)::float8 / sum(expected)) END AS "attendanceRate"`;

const within = ({ from, until, countryCode }: Report) => sql`day >= ${from}::date AND day < ${until}::date
  AND ${countryCode ? sql`country_code = ${countryCode}` : sql`TRUE`}`;

/** What was organized, and how many came: sums of what each night counted. */
export function createEventMetrics({ db }: { readonly db: Db }) {
  async function total(report: Report): Promise<Counts> {
    const [row] = await db.$queryRaw<Counts[]>`SELECT ${sums} FROM event_counts WHERE ${within(report)}`;
    return row!;
  }

  async function countedThrough(): Promise<string | null> {
    const [row] = await db.$queryRaw<
      { day: string | null }[]
    >`SELECT max(day)::text AS day FROM event_counts`;
    return row!.day;
  }

  const growth = (
    report: Report,
    interval: Interval,
  ): Promise<(Counts & { startsOn: string })[]> => db.$queryRaw`
    SELECT part::date::text AS "startsOn", ${sums}
    FROM generate_series(date_trunc(${interval}, ${report.from}::date), ${report.until}::date - 1,
      ('1 ' || ${interval})::interval) AS part
    LEFT JOIN event_counts ON date_trunc(${interval}, day) = part AND ${within(report)}
    GROUP BY part ORDER BY part`;

  const countries = (report: Report): Promise<(Counts & { countryCode: string })[]> => db.$queryRaw`
    SELECT country_code AS "countryCode", ${sums} FROM event_counts WHERE ${within(report)}
    GROUP BY country_code ORDER BY registrations DESC, created DESC, country_code LIMIT ${mostCountries}`;

  return { total, countedThrough, growth, countries };
}
