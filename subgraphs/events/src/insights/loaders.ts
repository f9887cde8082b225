import { createGroupLoader, createRowLoader, type Clock, type Loader } from '@diaspora/kit';
import type { Db } from '../database.js';

/** How an event went, in numbers. */
export interface Attendance {
  readonly eventId: string;
  readonly confirmedCount: number;
  readonly guestCount: number;
  readonly pendingCount: number;
  readonly interestedCount: number;
  readonly cancelledCount: number;
  /** People who went in; null where nobody was checked in. */
  readonly checkedInCount: number | null;
  /** People who held a place and did not come; null before the end, and where nobody was checked in. */
  readonly noShowCount: number | null;
}

export interface RegistrationDay {
  readonly eventId: string;
  /** On the clocks of the event, `2026-06-01`. */
  readonly date: string;
  readonly confirmed: number;
  readonly cancelled: number;
}

/** Tickets of an event that were bought as the same thing in the same currency. */
export interface SoldTickets {
  readonly eventId: string;
  readonly ticketTypeId: string | null;
  readonly packetId: string | null;
  readonly currency: string;
  readonly soldCount: number;
  readonly validCount: number;
  readonly attendedCount: number;
  /** What was paid for the valid ones. */
  readonly valueMinor: bigint;
}

export interface InsightLoaders {
  /** By event, most sold first. For whoever permissions.ts lets see it. */
  readonly soldTickets: Loader<string, SoldTickets[]>;
  /** By event. For whoever permissions.ts lets see it. */
  readonly attendance: Loader<string, Attendance | null>;
  /** Days on which somebody registered or left, by event, oldest first; the latest 400. */
  readonly registrationDays: Loader<string, RegistrationDay[]>;
}

export const mostDays = 400;

export const createInsightLoaders = (db: Db, clock: Clock): InsightLoaders => ({
  attendance: createRowLoader(
    (eventIds) => db.$queryRaw<Attendance[]>`
      SELECT id AS "eventId", "confirmedCount", "guestCount", "pendingCount", "interestedCount", "cancelledCount",
        nullif("enteredCount", 0) AS "checkedInCount",
        CASE WHEN ends_at <= ${clock.now()} AND "enteredCount" > 0 THEN "missingCount" END AS "noShowCount"
      FROM (
        SELECT e.id, e.ends_at,
          count(*) FILTER (WHERE r.status = 'CONFIRMED')::int AS "confirmedCount",
          coalesce(sum(r.guests) FILTER (WHERE r.status = 'CONFIRMED'), 0)::int AS "guestCount",
          count(*) FILTER (WHERE r.status = 'PENDING')::int AS "pendingCount",
          count(*) FILTER (WHERE r.status = 'INTERESTED')::int AS "interestedCount",
          count(*) FILTER (WHERE r.status = 'CANCELLED')::int AS "cancelledCount",
          count(entered.holder_id)::int AS "enteredCount",
          count(*) FILTER (WHERE r.status = 'CONFIRMED' AND entered.holder_id IS NULL)::int AS "missingCount"
        FROM events e
        LEFT JOIN registrations r ON r.event_id = e.id
        LEFT JOIN (SELECT DISTINCT event_id, holder_id FROM check_ins
          WHERE event_id = ANY(${[...eventIds]}::uuid[]) AND entered_at IS NOT NULL) AS entered
          ON entered.event_id = e.id AND entered.holder_id = r.user_id
        WHERE e.id = ANY(${[...eventIds]}::uuid[])
        GROUP BY e.id
      ) AS counted`,
    ({ eventId }) => eventId,
  ),
  soldTickets: createGroupLoader(
    (eventIds) => db.$queryRaw<SoldTickets[]>`
      SELECT t.event_id AS "eventId", t.ticket_type_id AS "ticketTypeId", t.packet_id AS "packetId", p.currency,
        count(*)::int AS "soldCount", count(*) FILTER (WHERE t.status = 'VALID')::int AS "validCount",
        count(c.admission_id) FILTER (WHERE t.status = 'VALID')::int AS "attendedCount",
        coalesce(sum(t.price_minor + t.fee_minor) FILTER (WHERE t.status = 'VALID'), 0)::bigint AS "valueMinor"
      FROM tickets t JOIN purchases p ON p.id = t.purchase_id
      LEFT JOIN check_ins c ON c.kind = 'TICKET' AND c.admission_id = t.id AND c.entered_at IS NOT NULL
      WHERE t.event_id = ANY(${[...eventIds]}::uuid[])
      GROUP BY t.event_id, t.ticket_type_id, t.packet_id, p.currency
      ORDER BY "soldCount" DESC, t.ticket_type_id, t.packet_id`,
    ({ eventId }) => eventId,
  ),
  registrationDays: createGroupLoader(
    (eventIds) => db.$queryRaw<RegistrationDay[]>`
      SELECT "eventId", to_char(day, 'YYYY-MM-DD') AS date, confirmed, cancelled FROM (
        SELECT e.id AS "eventId", (what.at AT TIME ZONE e.time_zone)::date AS day,
          count(*) FILTER (WHERE what.kind = 'CONFIRMED')::int AS confirmed,
          count(*) FILTER (WHERE what.kind = 'CANCELLED')::int AS cancelled,
          row_number() OVER (PARTITION BY e.id ORDER BY (what.at AT TIME ZONE e.time_zone)::date DESC) AS place
        FROM events e JOIN registrations r ON r.event_id = e.id
        CROSS JOIN LATERAL (VALUES ('CONFIRMED', r.confirmed_at), ('CANCELLED', r.cancelled_at)) AS what (kind, at)
        WHERE e.id = ANY(${[...eventIds]}::uuid[]) AND what.at IS NOT NULL
        GROUP BY e.id, day
      ) AS days
      WHERE place <= ${mostDays} ORDER BY day`,
    ({ eventId }) => eventId,
  ),
});
