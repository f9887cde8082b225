import type { Viewer } from '@diaspora/kit';
import { Prisma } from '../database.js';
import { cityKeyOf, longestEventMs, searchWords, type EventFilter, type Point } from './rules.js';
import { listedRows } from './visibility.js';

const { sql, join } = Prisma;

/** Published and not over. The bound on the start keeps the index scan away from years of past events. */
export const currentRows = (now: Date): Prisma.Sql =>
  sql`status = 'PUBLISHED' AND ends_at > ${now} AND starts_at > ${new Date(now.getTime() - longestEventMs)}`;

const earth = ({ latitude, longitude }: Point) => sql`ll_to_earth(${latitude}::float8, ${longitude}::float8)`;

/** Metres through the earth: what the index sorts by. `metresAlong` makes of it the way along the ground. */
export const chordTo = (point: Point): Prisma.Sql =>
  sql`(ll_to_earth(latitude, longitude) <-> ${earth(point)})`;

const earthRadius = 6_378_168;

/** The way along the ground, in metres, of a straight line through the earth. */
export const metresAlong = (chord: number): number =>
  2 * earthRadius * Math.asin(Math.min(1, chord / (2 * earthRadius)));

/** What rows of events a filter takes, among those that lists may show the viewer. */
export function rowsFor(viewer: Viewer | null, filter: EventFilter, now: Date): Prisma.Sql {
  const { text, domains, types, countryCode, city, language, near, hostId, organizerId } = filter;
  const conditions: (Prisma.Sql | false | null | undefined | '')[] = [
    currentRows(now),
    listedRows(viewer),
    domains && sql`domain = ANY(${domains}::event_domain[])`,
    types && sql`type = ANY(${types}::event_type[])`,
    countryCode && sql`country_code = ${countryCode}`,
    city && sql`city_key = ${cityKeyOf(city)}`,
    language && sql`(language = ${language} OR language LIKE ${`${language}-%`})`,
    filter.startsAfter && sql`starts_at >= ${filter.startsAfter}`,
    filter.startsBefore && sql`starts_at < ${filter.startsBefore}`,
    organizerId && sql`organizer_id = ${organizerId}::uuid`,
    hostId && sql`(organizer_id = ${hostId}::uuid OR co_host_ids @> ARRAY[${hostId}::uuid])`,
    filter.isFree === true && freeOfCharge,
    filter.isFree === false && sql`NOT ${freeOfCharge}`,
    filter.maxPrice && sql`(${freeOfCharge} OR ${costsAtMost(filter.maxPrice)})`,
    near && around(near, near.withinKm * 1_000),
    filter.hasFreePlaces === true && sql`(capacity IS NULL OR ${takenAt(now)} < capacity)`,
    filter.hasFreePlaces === false && sql`${takenAt(now)} >= capacity`,
    ...(text ? searchWords(text).map((word) => sql`search_text LIKE ${`%${word}%`}`) : []),
  ];
  return join(
    conditions.filter((condition) => typeof condition === 'object' && condition !== null),
    ' AND ',
  );
}

/** Places that somebody has, or that are kept for somebody. A value and not EXISTS, as below. */
const takenAt = (now: Date): Prisma.Sql => sql`(registered_count + ticketed_count + (
  SELECT coalesce(sum(h.places), 0) FROM place_holds h WHERE h.event_id = events.id AND h.expires_at > ${now}))`;

/** What the cheapest ticket costs. A value and not EXISTS, for which PostgreSQL would read all tickets there are. */
const cheapest = (currency: Prisma.Sql): Prisma.Sql => sql`(
  SELECT min(t.price_minor + t.fee_minor) FROM ticket_types t WHERE t.event_id = events.id AND ${currency})`;

/** One gets in for nothing: without tickets, or with one that costs nothing. */
const freeOfCharge = sql`(coalesce(${cheapest(sql`TRUE`)}, 0) = 0)`;

const costsAtMost = ({ amountMinor, currency }: NonNullable<EventFilter['maxPrice']>): Prisma.Sql =>
  sql`${cheapest(sql`t.currency = ${currency}`)} <= ${amountMinor}`;

/** The box is what the index finds; its corners lie outside of the circle. */
const around = (point: Point, metres: number): Prisma.Sql => sql`latitude IS NOT NULL
  AND earth_box(${earth(point)}, ${metres}::float8) @> ll_to_earth(latitude, longitude)
  AND earth_distance(${earth(point)}, ll_to_earth(latitude, longitude)) <= ${metres}::float8`;
