import { recordStatements } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';

const size = 20_000;
const berlin = { latitude: 52.52, longitude: 13.4 };
const query = `query ($filter: EventFilter, $orderBy: EventOrder! = STARTS_AT_ASC, $after: String) {
  events(filter: $filter, orderBy: $orderBy, first: 20, after: $after) { nodes { id } pageInfo { endCursor } }
}`;

describe(`discovery among ${size} events`, () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  let statements: ReturnType<typeof recordStatements>;
  beforeAll(async () => {
    events = await givenEvents();
    statements = recordStatements(events.pool);
    await events.db.$executeRaw`
      INSERT INTO events (id, organizer_id, title, description, language, domain, type, status, visibility,
        starts_at_local, ends_at_local, time_zone, starts_at, ends_at, country_code, city, city_key, tags, search_text,
        capacity, registered_count, created_at, updated_at, published_at, latitude, longitude, popularity)
      SELECT gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid, 'Event ' || n, 'About it.',
        (ARRAY['ro', 'de', 'en'])[1 + n % 3], (enum_range(NULL::event_domain))[1 + n % 16], 'FREE',
        CASE WHEN n % 10 = 0 THEN 'DRAFT' ELSE 'PUBLISHED' END::event_status, 'PUBLIC',
        start, start + interval '2 hours', 'UTC', start AT TIME ZONE 'UTC', (start + interval '2 hours') AT TIME ZONE 'UTC',
        (ARRAY['DE', 'FR', 'IT', 'ES', 'AT', 'CH', 'US', 'CA', 'GB', 'MD'])[1 + n % 10], 'City ' || n % 200, 'city ' || n % 200,
        '{}', 'event ' || n || ' city ' || n % 200 || ' ' || md5(n::text), 10, n % 11, (start - interval '90 days') AT TIME ZONE 'UTC', now(), now(),
        35 + (n * 7 % 3000) / 100.0, -10 + (n * 13 % 4000) / 100.0, n % 97
      FROM (SELECT n, timestamp '2025-06-01' + n * interval '53 minutes' AS start FROM generate_series(1, ${size}::int) AS n) AS numbers`;
    const admin = events.admin();
    await admin.query('VACUUM ANALYZE events');
  }, 120_000);
  afterAll(() => events.stop());

  async function plansOf(variables: object, operation = query, expected = 2) {
    const sent = await statements.during(async () => {
      const { codes } = await events.anonymous.execute(operation, { ...variables });
      expect(codes).toEqual([]);
    });
    const asked = sent.filter(({ text }) => /FROM "?(public"?\."?)?events/i.test(text));
    expect(asked).toHaveLength(expected);
    const plans: string[] = [];
    for (const statement of asked) plans.push(await statements.explain(statement, '(ANALYZE, BUFFERS OFF)'));
    return plans.join('\n');
  }

  it.each<[string, object, string]>([
    ['everything to come', {}, 'events_by_start'],
    ['what is new', { orderBy: 'CREATED_AT_DESC' }, 'events_by_creation'],
    ['a country', { filter: { countryCode: 'MD' } }, 'events_of_country'],
    ['a city', { filter: { city: 'City 7' } }, 'events_of_city'],
    ['a person', { filter: { organizerId: 'usr_00000000008008000000000003' } }, 'events_of_organizer'],
    [
      'a month',
      { filter: { startsAfter: '2026-12-01T00:00:00Z', startsBefore: '2027-01-01T00:00:00Z' } },
      'events_by_start',
    ],
    ['a domain', { filter: { domains: ['ICT'] } }, 'events_by_start'],
    ['a language', { filter: { language: 'ro', hasFreePlaces: true } }, 'events_by_start'],
    ['what is popular', { orderBy: 'POPULAR' }, 'events_by_popularity'],
    [
      'what is near',
      { orderBy: 'DISTANCE_ASC', filter: { near: { ...berlin, withinKm: 300 } } },
      'events_by_place',
    ],
    ['what is around', { filter: { near: { ...berlin, withinKm: 30 } } }, 'events_by_place'],
    ['a host', { filter: { hostId: 'usr_00000000008008000000000003' } }, 'events_of_organizer'],
    ['a rare word', { filter: { text: 'd3d9446802' } }, 'events_search_text'],
    ['a rare word among short ones', { filter: { text: 'd3 d3d9446802 ev' } }, 'events_search_text'],
    ['a word of two characters', { filter: { text: '北京' } }, 'events_search_text'],
  ])('finds %s by an index', async (_case, variables, index) => {
    const plan = await plansOf(variables);
    expect(plan).not.toContain('Seq Scan on events');
    expect(plan).toContain(index);
  });

  it('finds the next page by an index', async () => {
    const { data } = await events.anonymous.execute(query, {});
    const plan = await plansOf({ after: data.events.pageInfo.endCursor });
    expect(plan).not.toContain('Seq Scan on events');
    expect(plan).toContain('events_by_start');
  });

  it.each(['first', 'last'])('finds what twenty people organize by an index, the %s of each', async (end) => {
    const found = await events.db.event.findMany({ distinct: 'organizerId', take: 20 });
    const people = found.map(({ organizerId }) => ({ __typename: 'User', id: userIds.encode(organizerId) }));
    const plan = await plansOf(
      { people },
      `query ($people: [_Any!]!) { _entities(representations: $people) { ... on User {
        organizedEvents(${end}: 10) { nodes { id } } } } }`,
    );
    expect(plan).not.toContain('Seq Scan on events');
    expect(plan).toContain('events_of_organizer');
  });

  it('finds what is over and was not told of by the index of what is left', async () => {
    await events.db
      .$executeRaw`UPDATE events SET completion_told_at = ends_at WHERE ends_at <= ${events.clock.now()}`;
    await events.admin().query('VACUUM ANALYZE events');
    const sent = await statements.during(() => events.runJob('tellCompletedEvents'));
    const [find] = sent.filter(({ text }) => /completion_told_at IS NULL AND ends_at/.test(text));
    expect(await statements.explain(find!)).toContain('events_to_tell_of');
  });
});
