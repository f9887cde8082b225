/** What is asked, each again and again with other values. `n` is the number of the request. */
export const queries: readonly (readonly [string, (n: number) => object])[] = [
  ['everything to come', () => ({})],
  ['newest', () => ({ orderBy: 'CREATED_AT_DESC' })],
  ['popular', () => ({ orderBy: 'POPULAR' })],
  ['a country', (n) => ({ filter: { countryCode: ['DE', 'FR', 'IT', 'ES', 'MD'][n % 5] } })],
  ['a city', (n) => ({ filter: { city: `City ${n % 2_000}` } })],
  [
    'a domain with free places',
    (n) => ({ filter: { domains: [['ICT', 'HEALTH'][n % 2]], hasFreePlaces: true } }),
  ],
  [
    'a language and a month',
    (n) => ({ filter: { language: 'ro', startsAfter: month(n), startsBefore: month(n, 1) } }),
  ],
  [
    'a price',
    (n) => ({ filter: { maxPrice: { amountMinor: String(500 + (n % 50) * 100), currency: 'EUR' } } }),
  ],
  ['a word', (n) => ({ filter: { text: `word${n % 500}` } })],
  ['within 25 km', (n) => ({ filter: { near: { ...point(n), withinKm: 25 } } })],
  [
    'nearest within 100 km',
    (n) => ({ orderBy: 'DISTANCE_ASC', filter: { near: { ...point(n), withinKm: 100 } } }),
  ],
  ['a host', (n) => ({ filter: { hostId: person(n % 5_000) } })],
];

const month = (n: number, later = 0) => new Date(Date.UTC(2026, 6 + (n % 10) + later, 1)).toISOString();
const point = (n: number) => ({ latitude: 40 + (n % 150) / 10, longitude: -5 + (n % 290) / 10 });
/** A public id (TypeID) of the seed's people: their uuids end with a number below 65,536. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const person = (n: number) => {
  const digits = [n >> 15, n >> 10, n >> 5, n].map((part) => alphabet[part & 31]).join('');
  return `usr_0000000000800800000000${digits}`;
};

/** Events before and after the present, a tenth of them drafts; every third sells tickets. */
export const seed = (size: number) => [
  `INSERT INTO events (id, organizer_id, title, description, language, domain, type, status, visibility,
     starts_at_local, ends_at_local, time_zone, starts_at, ends_at, country_code, city, city_key, tags, search_text,
     capacity, registered_count, popularity, created_at, updated_at, published_at, latitude, longitude)
   SELECT gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad(to_hex(n % 5000), 12, '0'))::uuid, 'Event ' || n,
     'About it.', (ARRAY['ro', 'de', 'en'])[1 + n % 3], (enum_range(NULL::event_domain))[1 + n % 16], 'FREE',
     CASE WHEN n % 10 = 0 THEN 'DRAFT' ELSE 'PUBLISHED' END::event_status, 'PUBLIC', at, at + interval '2 hours', 'UTC',
     at AT TIME ZONE 'UTC', (at + interval '2 hours') AT TIME ZONE 'UTC',
     (ARRAY['DE', 'FR', 'IT', 'ES', 'AT', 'CH', 'US', 'CA', 'GB', 'MD'])[1 + n % 10], 'City ' || n % 2000,
     'city ' || n % 2000, '{}', 'event ' || n || ' word' || n % 500 || ' ' || md5(n::text), 10, n % 11,
     CASE WHEN at < timestamp '2026-06-01' THEN -1 ELSE n % 97 END, (at - interval '90 days') AT TIME ZONE 'UTC',
     now(), now(), 40 + (n::bigint * 7919 % 15000) / 1000.0, -5 + (n::bigint * 104729 % 29000) / 1000.0
   FROM (SELECT n, timestamp '2025-06-01' + n * (interval '730 days' / ${size}) AS at
     FROM generate_series(1, ${size}) AS n) AS numbers`,
  `INSERT INTO ticket_types (id, event_id, name, price_minor, fee_minor, currency, refund_percent, created_at, updated_at)
   SELECT gen_random_uuid(), id, 'Ticket', 500 + popularity * 50, 50, 'EUR', 0, now(), now()
   FROM (SELECT id, popularity, row_number() OVER () AS n FROM events) AS numbered WHERE n % 3 = 0`,
  'VACUUM ANALYZE events',
  'VACUUM ANALYZE ticket_types',
];
