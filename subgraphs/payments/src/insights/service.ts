import { Prisma, type Db } from '../database.js';
import { monthlyOf, perHead, type Report } from './rules.js';

export type RevenueMetrics = ReturnType<typeof createRevenueMetrics>;

interface Money {
  readonly amountMinor: bigint;
  readonly currency: string;
}

const { sql } = Prisma;
/** Rows of a breakdown: more plans or countries with money in them than there are. */
const mostRows = 250;

interface Sums {
  readonly currency: string;
  readonly key: string | null;
  readonly yearlyBefore: bigint;
  readonly peopleBefore: number;
  readonly startedMinor: bigint;
  readonly changedMinor: bigint;
  readonly endedMinor: bigint;
  readonly started: number;
  readonly ended: number;
  readonly people: number;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly lost: bigint;
  readonly providerFees: bigint;
  readonly ticketSales: bigint;
  readonly ticketRefunds: bigint;
  readonly platformFees: bigint;
}

type Breakdown = 'plan_code' | 'country_code';

/** Revenue by currency, which are never added up or converted: sums of what was counted when it happened. */
export function createRevenueMetrics({ db }: { readonly db: Db }) {
  const sumsOf = (
    { from, until, countryCode }: Report,
    only?: { readonly by: Breakdown; readonly currency: string },
  ): Promise<Sums[]> => {
    const key = only ? sql([only.by]) : sql`NULL::text`;
    const ofCurrency = only ? sql`currency = ${only.currency}` : sql`true`;
    const ofCountry = countryCode === null ? sql`true` : sql`country_code = ${countryCode}`;
    const isIn = sql`day >= ${from}::date`;
    return db.$queryRaw`
      WITH recurring AS (
        SELECT currency, ${key} AS key,
          coalesce(sum(started_minor + changed_minor - ended_minor) FILTER (WHERE NOT ${isIn}), 0) AS yearly_before,
          coalesce(sum(started + changed - ended) FILTER (WHERE NOT ${isIn}), 0) AS people_before,
          coalesce(sum(started_minor) FILTER (WHERE ${isIn}), 0) AS started_minor,
          coalesce(sum(changed_minor) FILTER (WHERE ${isIn}), 0) AS changed_minor,
          coalesce(sum(ended_minor) FILTER (WHERE ${isIn}), 0) AS ended_minor,
          coalesce(sum(started) FILTER (WHERE ${isIn}), 0) AS started,
          coalesce(sum(ended) FILTER (WHERE ${isIn}), 0) AS ended, sum(started + changed - ended) AS people
        FROM recurring_days WHERE day < ${until}::date AND ${ofCountry} AND ${ofCurrency} GROUP BY 1, 2),
      money AS (
        SELECT currency, ${key} AS key, sum(lost_minor) AS lost, sum(provider_fee_minor) AS provider_fees,
          sum(captured_minor) FILTER (WHERE source = 'SUBSCRIPTIONS') AS captured,
          sum(refunded_minor) FILTER (WHERE source = 'SUBSCRIPTIONS') AS refunded,
          sum(captured_minor) FILTER (WHERE source = 'TICKETS') AS ticket_sales,
          sum(refunded_minor) FILTER (WHERE source = 'TICKETS') AS ticket_refunds,
          sum(platform_fee_minor) AS platform_fees
        FROM revenue_days WHERE ${isIn} AND day < ${until}::date AND ${ofCountry} AND ${ofCurrency}
        GROUP BY 1, 2),
      rows AS (SELECT currency, key FROM recurring UNION SELECT currency, key FROM money)
      SELECT rows.currency, rows.key,
        coalesce(yearly_before, 0)::bigint AS "yearlyBefore", coalesce(people_before, 0)::int AS "peopleBefore",
        coalesce(started_minor, 0)::bigint AS "startedMinor", coalesce(changed_minor, 0)::bigint AS "changedMinor",
        coalesce(ended_minor, 0)::bigint AS "endedMinor", coalesce(started, 0)::int AS started,
        coalesce(ended, 0)::int AS ended, coalesce(people, 0)::int AS people,
        coalesce(captured, 0)::bigint AS captured, coalesce(refunded, 0)::bigint AS refunded,
        coalesce(lost, 0)::bigint AS lost, coalesce(provider_fees, 0)::bigint AS "providerFees",
        coalesce(ticket_sales, 0)::bigint AS "ticketSales", coalesce(ticket_refunds, 0)::bigint AS "ticketRefunds",
        coalesce(platform_fees, 0)::bigint AS "platformFees"
      FROM rows
      LEFT JOIN recurring ON recurring.currency = rows.currency AND recurring.key IS NOT DISTINCT FROM rows.key
      LEFT JOIN money ON money.currency = rows.currency AND money.key IS NOT DISTINCT FROM rows.key
      ORDER BY 1, 2 LIMIT ${mostRows}`;
  };

  const currencies = async (report: Report) => (await sumsOf(report)).map((sums) => revenueOf(report, sums));

  const breakdown = async (report: Report, currency: string, by: Breakdown) =>
    (await sumsOf(report, { by, currency }))
      .filter(({ key }) => key !== '')
      .map((sums) => ({ key: sums.key!, ...revenueOf(report, sums) }));

  return { currencies, breakdown };
}

function revenueOf(report: Report, sums: Sums) {
  const { currency, people, peopleBefore, started, ended } = sums;
  const money = (amountMinor: bigint): Money => ({ amountMinor, currency });
  const mrr = monthlyOf(sums.yearlyBefore + sums.startedMinor + sums.changedMinor - sums.endedMinor);
  const arpu = perHead(mrr, people);
  return {
    report,
    currency,
    mrr: money(mrr),
    mrrBefore: money(monthlyOf(sums.yearlyBefore)),
    newMrr: money(monthlyOf(sums.startedMinor)),
    changedMrr: money(monthlyOf(sums.changedMinor)),
    churnedMrr: money(monthlyOf(sums.endedMinor)),
    subscribers: people,
    newSubscribers: started,
    churnedSubscribers: ended,
    churnRate: peopleBefore > 0 ? ended / peopleBefore : null,
    arpu: arpu === null ? null : money(arpu),
    captured: money(sums.captured),
    refunded: money(sums.refunded),
    lost: money(sums.lost),
    providerFees: money(sums.providerFees),
    ticketSales: money(sums.ticketSales),
    ticketRefunds: money(sums.ticketRefunds),
    platformFees: money(sums.platformFees),
  };
}

export type CurrencyRevenue = ReturnType<typeof revenueOf>;
