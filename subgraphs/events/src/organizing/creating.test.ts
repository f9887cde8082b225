import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anEventInput, dayMs, givenEvents } from '../testing/given.js';

const fields = `id title status visibility version capacity tags onlineUrl organizer { id }
  startsAt { local zone instant viewerLocal(zone: "America/New_York") } endsAt { local }
  place { venue city countryCode location { latitude longitude } }`;
const errors = 'userErrors { __typename code message path }';
const createEvent = `mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { ${fields} } ${errors} } }`;
const updateEvent = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { event { ${fields} } ${errors} } }`;
const publishEvent = `mutation ($input: PublishEventInput!) { publishEvent(input: $input) { event { ${fields} } ${errors} } }`;
const cancelEvent = `mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { event { ${fields} } ${errors} } }`;

describe('creating an event', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  const create = (person: ReturnType<typeof events.given.person>, overrides: object = {}) =>
    events.as(person.viewer).execute(createEvent, { input: anEventInput(overrides) });

  it('creates a draft with its local time, zone and instant', async () => {
    const person = events.given.person();
    const { data } = await create(person, {
      tags: ['#Muzică', 'muzică', ' Dans '],
      place: { countryCode: 'de', city: 'Berlin', location: { latitude: 52.5, longitude: 13.4 } },
    });
    expect(data.createEvent).toMatchObject({
      userErrors: [],
      event: {
        title: 'Seară românească',
        status: 'DRAFT',
        visibility: 'PUBLIC',
        version: 1,
        tags: ['muzică', 'dans'],
        organizer: { id: person.publicId },
        startsAt: {
          local: '2026-07-01T19:00:00',
          zone: 'Europe/Berlin',
          instant: '2026-07-01T17:00:00.000Z',
          viewerLocal: '2026-07-01T13:00:00',
        },
        place: { countryCode: 'DE', city: 'Berlin', location: { latitude: 52.5, longitude: 13.4 } },
      },
    });
    expect(await events.published(data.createEvent.event.id as string)).toEqual([]);
  });

  describe('who may create what', () => {
    const consul = (city: string, countryCode = 'DE') => ({
      roles: ['CONSUL'],
      offices: [{ role: 'CONSUL', countryCode, city }],
    });
    const ambassador = (countryCode: string) => ({
      roles: ['AMBASSADOR'],
      offices: [{ role: 'AMBASSADOR', countryCode }],
    });
    const table: [string, object, Record<string, boolean>][] = [
      ['a stranger', {}, { FREE: true, PREMIUM: false, NATIONAL: false, LOCAL: false }],
      [
        'a premium person',
        { entitlements: ['PREMIUM_EVENTS'] },
        { FREE: true, PREMIUM: true, NATIONAL: false, LOCAL: false },
      ],
      [
        'an event owner',
        { roles: ['EVENT_OWNER'] },
        { FREE: true, PREMIUM: true, NATIONAL: false, LOCAL: false },
      ],
      ['a person with another entitlement', { entitlements: ['AD_FREE'] }, { PREMIUM: false }],
      [
        'the consul of the city',
        consul('  BERLIN '),
        { FREE: true, PREMIUM: false, NATIONAL: false, LOCAL: true },
      ],
      ['the consul of another city', consul('Hamburg'), { NATIONAL: false, LOCAL: false }],
      ['the consul of a city of that name elsewhere', consul('Berlin', 'US'), { LOCAL: false }],
      [
        'the ambassador of the country',
        ambassador('DE'),
        { FREE: true, PREMIUM: false, NATIONAL: true, LOCAL: false },
      ],
      ['the ambassador of another country', ambassador('FR'), { NATIONAL: false, LOCAL: false }],
      [
        'somebody with a role and no office',
        { roles: ['AMBASSADOR', 'CONSUL'] },
        { NATIONAL: false, LOCAL: false },
      ],
      ['a super user', { roles: ['SUPER_USER'] }, { FREE: true, PREMIUM: true, NATIONAL: true, LOCAL: true }],
    ];
    const cases = table.flatMap(([who, viewer, verdicts]) =>
      Object.entries(verdicts).map(([type, isAllowed]) => ({ who, viewer, type, isAllowed })),
    );

    it.each(cases)('$who creating $type: $isAllowed', async ({ viewer, type, isAllowed }) => {
      const person = events.given.person(viewer);
      const answer = await create(person, { type });
      expect(answer.codes).toEqual(isAllowed ? [] : ['FORBIDDEN']);
      expect(await events.db.event.count({ where: { organizerId: person.id } })).toBe(isAllowed ? 1 : 0);
    });

    it('refuses visitors everything', async () => {
      const { publicId } = await events.given.event();
      const input = anEventInput();
      const calls: [string, object][] = [
        [createEvent, input],
        [updateEvent, { eventId: publicId, expectedVersion: 1, title: 'Mine' }],
        [publishEvent, { eventId: publicId }],
        [cancelEvent, { eventId: publicId }],
      ];
      for (const [operation, input] of calls) {
        const answer = await events.anonymous.execute(operation, { input });
        expect(answer.codes).toEqual(['UNAUTHENTICATED']);
        expect(answer.data).toBeNull();
      }
      const { version, status } = await events.db.event.findFirstOrThrow({
        where: { title: { startsWith: 'Event' } },
      });
      expect({ version, status }).toEqual({ version: 1, status: 'PUBLISHED' });
    });
  });

  it('answers a repeated creation with the same event and another body with CONFLICT', async () => {
    const person = events.given.person();
    const idempotencyKey = 'the-key';
    const first = await create(person, { idempotencyKey });
    const second = await create(person, { idempotencyKey });
    expect(second.data).toEqual(first.data);
    const other = await create(person, { idempotencyKey, title: 'Another' });
    expect(other.data.createEvent).toMatchObject({ event: null, userErrors: [{ code: 'CONFLICT' }] });
    expect(await events.db.event.count({ where: { organizerId: person.id } })).toBe(1);
  });

  it('creates twenty free events of one person a day, however many are asked for at once', async () => {
    const person = events.given.person();
    const answers = await Promise.all(Array.from({ length: 25 }, () => create(person)));
    expect(answers.filter(({ codes }) => codes[0] === 'RATE_LIMITED')).toHaveLength(5);
    expect(await events.db.event.count({ where: { organizerId: person.id } })).toBe(20);
    await events.db.event.updateMany({
      where: { organizerId: person.id },
      data: { createdAt: new Date(events.clock.now().getTime() - dayMs) },
    });
    expect((await create(person)).data.createEvent.userErrors).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['an empty title', { title: '   ' }, ['title']],
    ['a title of two lines', { title: 'Seară\nromânească' }, ['title']],
    ['a city of two lines', { place: { countryCode: 'DE', city: 'Ber\u2028lin' } }, ['place', 'city']],
    ['a city that nobody sees', { place: { countryCode: 'DE', city: '\u202e\u200b' } }, ['place', 'city']],
    ['a city without letters', { place: { countryCode: 'DE', city: '\u00b4' } }, ['place', 'city']],
    ['a title of 161 characters', { title: 'x'.repeat(161) }, ['title']],
    ['control characters', { description: 'a\u0007b' }, ['description']],
    ['an end before the start', { endsAt: '2026-07-01T18:00:00' }, ['endsAt']],
    ['an end at the start', { endsAt: '2026-07-01T19:00:00' }, ['endsAt']],
    ['more than 31 days', { endsAt: '2026-08-02T19:00:00' }, ['endsAt']],
    ['a start in the past', { startsAt: '2026-05-01T19:00:00', endsAt: '2026-05-01T20:00:00' }, ['startsAt']],
    [
      'a start in the year 9999',
      { startsAt: '9999-12-31T19:00:00', endsAt: '9999-12-31T23:59:59' },
      ['startsAt'],
    ],
    ['a capacity of zero', { capacity: 0 }, ['capacity']],
    [
      'a point beyond the pole',
      { place: { countryCode: 'DE', location: { latitude: 91, longitude: 0 } } },
      ['place', 'location', 'latitude'],
    ],
    ['a link that is not https', { onlineUrl: 'http://meet.example/a' }, ['onlineUrl']],
    ['eleven tags', { tags: Array.from({ length: 11 }, (_, index) => `tag${index}`) }, ['tags']],
    ['a tag without letters', { tags: ['#'] }, ['tags', '0']],
  ])('refuses %s', async (_case, overrides, path) => {
    const answer = await create(events.given.person(), overrides);
    expect(answer.data.createEvent).toMatchObject({
      event: null,
      userErrors: [{ code: 'INVALID_INPUT', path }],
    });
  });

  it.each([
    ...['2026-06-31T19:00:00', '2026-07-01T19:00:00+02:00', '2026-07-01T19:00:00Z'],
    ...['2026-07-01T24:00:00', '2026-07-01', ''],
  ])('refuses a local time written as "%s"', async (startsAt) => {
    const { codes } = await create(events.given.person(), { startsAt });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  it('refuses a local event without a city, NUL, and zones and languages nobody knows', async () => {
    const root = events.given.person({ roles: ['SUPER_USER'] });
    const homeless = await create(root, { type: 'LOCAL', place: { countryCode: 'DE' } });
    expect(homeless.data.createEvent.userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['place', 'city'] },
    ]);
    expect((await create(root, { title: 'a\u0000b' })).codes).toEqual(['INVALID_INPUT']);
    expect((await create(root, { timeZone: 'Mars/Olympus' })).codes).toEqual(['BAD_USER_INPUT']);
    expect((await create(root, { language: 'no language' })).codes).toEqual(['BAD_USER_INPUT']);
  });

  it('keeps emoji and marks that turn the writing direction', async () => {
    const title = '\u202bمرحبا\u202c 🎉👩‍👩‍👧 Łódź';
    expect((await create(events.given.person(), { title })).data.createEvent.event.title).toBe(title);
  });
});
