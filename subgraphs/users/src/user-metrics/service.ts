import { AppError, type Viewer } from '@diaspora/kit';
import { Prisma, type Db } from '../database.js';
import { assertPeriod, before, mayRead, type Report } from './rules.js';

export interface GrowthPoint {
  readonly startsOn: string;
  readonly registrations: number;
  readonly activePeople: number;
}

export interface CountryUsers {
  readonly countryCode: string;
  readonly people: number;
  readonly registrations: number;
}

export interface Cohort {
  readonly startsOn: string;
  readonly people: number;
  readonly weeks: { week: number; people: number; share: number }[];
}

export type Interval = 'DAY' | 'WEEK' | 'MONTH';

const mostCountries = 250;
/** How many weeks cohorts are followed. */
const mostWeeks = 26;

const { sql } = Prisma;

/** How the community grows and stays: sums of what was counted when people registered, and each night. */
export function createUserMetrics({ db }: { db: Db }) {
  /** Throws FORBIDDEN for what is not the viewer's to know. */
  function open(viewer: Viewer | null, report: Report): Report {
    assertPeriod(report);
    if (!mayRead(report, viewer))
      throw new AppError('FORBIDDEN', 'You may read reports about the country of your office.');
    return report;
  }

  async function people({ until, countryCode }: Report): Promise<number> {
    const [row] = await db.$queryRaw<{ people: number }[]>`
      SELECT count(*)::int AS people FROM memberships
      WHERE registered_on < ${until}::date AND ${ofCountry(countryCode)}`;
    return row!.people;
  }

  async function registrations(report: Report): Promise<number> {
    const [row] = await db.$queryRaw<{ people: number }[]>`
      SELECT coalesce(sum(people), 0)::int AS people FROM registration_counts
      WHERE ${within(report)} AND ${ofCountry(report.countryCode)}`;
    return row!.people;
  }

  async function activityThrough(): Promise<string | null> {
    const [row] = await db.$queryRaw<{ day: string | null }[]>`
      SELECT max(starts_on)::text AS day FROM activity_counts WHERE interval = 'DAY'`;
    return row!.day;
  }

  /** Registrations of the period only, also where it cuts a week or a month; activity of the whole. */
  const growth = (report: Report, interval: Interval): Promise<GrowthPoint[]> => db.$queryRaw`
    WITH parts AS (
      SELECT part::date AS starts_on FROM generate_series(
        date_trunc(${interval}, ${report.from}::date), ${report.until}::date - 1, ('1 ' || ${interval})::interval) AS part),
    registered AS (
      SELECT date_trunc(${interval}, day)::date AS starts_on, sum(people)::int AS people
      FROM registration_counts WHERE ${within(report)} AND ${ofCountry(report.countryCode)} GROUP BY 1),
    active AS (
      SELECT starts_on, sum(people)::int AS people FROM activity_counts
      WHERE interval = ${interval}::report_interval AND ${ofCountry(report.countryCode)}
        AND starts_on >= date_trunc(${interval}, ${report.from}::date) AND starts_on < ${report.until}::date
      GROUP BY 1)
    SELECT starts_on::text AS "startsOn", coalesce(registered.people, 0) AS registrations,
      coalesce(active.people, 0) AS "activePeople"
    FROM parts LEFT JOIN registered USING (starts_on) LEFT JOIN active USING (starts_on) ORDER BY starts_on`;

  const countries = (report: Report): Promise<CountryUsers[]> => db.$queryRaw`
    WITH registered AS (
      SELECT country_code, sum(people)::int AS people FROM registration_counts
      WHERE ${within(report)} AND ${ofCountry(report.countryCode)} GROUP BY 1),
    members AS (
      SELECT country_code, count(*)::int AS people FROM memberships
      WHERE registered_on < ${report.until}::date AND ${ofCountry(report.countryCode)} GROUP BY 1)
    SELECT country_code AS "countryCode", coalesce(members.people, 0) AS people,
      coalesce(registered.people, 0) AS registrations
    FROM members FULL JOIN registered USING (country_code)
    ORDER BY registrations DESC, people DESC, country_code LIMIT ${mostCountries}`;

  /** Of weeks that lie in the period as a whole: others would be cut. Weeks that were not counted are left out. */
  async function retention(report: Report): Promise<Cohort[]> {
    const rows = await db.$queryRaw<{ startsOn: string; people: number; stayed: number[] }[]>`
      WITH last AS (SELECT date_trunc('week', max(starts_on)) AS week FROM activity_counts WHERE interval = 'DAY'),
      cohorts AS (
        SELECT part::date AS cohort_on FROM generate_series(
          date_trunc('week', ${report.from}::date + 6), ${report.until}::date - 7, interval '1 week') AS part),
      sizes AS (
        SELECT date_trunc('week', day)::date AS cohort_on, sum(people)::int AS people
        FROM registration_counts WHERE ${within(report)} AND ${ofCountry(report.countryCode)} GROUP BY 1),
      stayed AS (
        SELECT cohort_on, week, sum(people)::int AS people FROM retention_counts
        WHERE cohort_on >= ${report.from}::date AND cohort_on < ${report.until}::date
          AND ${ofCountry(report.countryCode)} GROUP BY 1, 2)
      SELECT cohorts.cohort_on::text AS "startsOn", coalesce(sizes.people, 0) AS people,
        ARRAY(
          SELECT coalesce(stayed.people, 0)
          FROM generate_series(0, least(${mostWeeks - 1}, (last.week::date - cohorts.cohort_on) / 7)) AS number
          LEFT JOIN stayed ON stayed.cohort_on = cohorts.cohort_on AND stayed.week = number
          ORDER BY number) AS stayed
      FROM cohorts CROSS JOIN last LEFT JOIN sizes USING (cohort_on) ORDER BY cohorts.cohort_on`;
    return rows.map(({ startsOn, people, stayed }) => ({
      startsOn,
      people,
      weeks: stayed.map((still, week) => ({
        week,
        people: still,
        share: people === 0 ? 0 : still / people,
      })),
    }));
  }

  return {
    open,
    people,
    registrations,
    registrationsBefore: (report: Report) => registrations(before(report)),
    activityThrough,
    growth,
    countries,
    retention,
  };
}

const within = ({ from, until }: Report) => sql`day >= ${from}::date AND day < ${until}::date`;

const ofCountry = (countryCode: string | null) =>
  countryCode === null ? sql`true` : sql`country_code = ${countryCode}`;
