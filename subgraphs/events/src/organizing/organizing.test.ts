import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { anEventInput, dayMs, givenEvents } from '../testing/given.js';

const fields = `id title status visibility version capacity tags onlineUrl organizer { id }
  startsAt { local zone instant viewerLocal(zone: "America/New_York") } endsAt { local }
  place { venue city countryCode location { latitude longitude } }`;
const errors = 'userErrors { __typename code message path }';
const createEvent = `mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { ${fields} } ${errors} } }`;
const updateEvent = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { event { ${fields} } ${errors} } }`;
const publishEvent = `mutation ($input: PublishEventInput!) { publishEvent(input: $input) { event { ${fields} } ${errors} } }`;
const cancelEvent = `mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { event { ${fields} } ${errors} } }`;

describe('organizing', () => {
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

  describe('publishing, changing and cancelling', () => {
    const organizer = () => events.given.person();
    const draft = async (person: ReturnType<typeof organizer>, overrides: object = {}) => {
      const { data } = await create(person, overrides);
      return data.createEvent.event as { id: string };
    };

    it('publishes once and tells others the whole event', async () => {
      const person = organizer();
      const { id } = await draft(person, { capacity: 30 });
      const first = await events.as(person.viewer).execute(publishEvent, { input: { eventId: id } });
      const second = await events.as(person.viewer).execute(publishEvent, { input: { eventId: id } });
      expect(first.data.publishEvent).toMatchObject({
        event: { status: 'PUBLISHED', version: 2 },
        userErrors: [],
      });
      expect(second.data).toEqual(first.data);
      expect(await events.published(id)).toEqual([
        {
          type: 'event.published',
          data: {
            eventId: id,
            version: 2,
            title: 'Seară românească',
            description: 'Muzică și mâncare.',
            language: 'ro',
            domain: 'ART_AND_CRAFTS',
            type: 'FREE',
            status: 'PUBLISHED',
            visibility: 'PUBLIC',
            startsAt: '2026-07-01T17:00:00.000Z',
            endsAt: '2026-07-01T20:00:00.000Z',
            timeZone: 'Europe/Berlin',
            countryCode: 'DE',
            city: 'Berlin',
            venue: 'Kulturhaus',
            latitude: null,
            longitude: null,
            organizerId: person.publicId,
            hostIds: [person.publicId],
            mediaIds: [],
            capacity: 30,
            tags: [],
          },
        },
      ]);
    });

    it('changes what is given, clears what is null, keeps the rest and tells others', async () => {
      const person = organizer();
      const { id } = await draft(person, { capacity: 30, onlineUrl: 'https://meet.example/a', tags: ['a'] });
      await events.as(person.viewer).execute(publishEvent, { input: { eventId: id } });
      const input = {
        eventId: id,
        expectedVersion: 2,
        title: 'Nou',
        capacity: null,
        onlineUrl: null,
        timeZone: 'Europe/Bucharest',
      };
      const { data } = await events.as(person.viewer).execute(updateEvent, { input });
      expect(data.updateEvent).toMatchObject({
        userErrors: [],
        event: {
          title: 'Nou',
          capacity: null,
          onlineUrl: null,
          tags: ['a'],
          version: 3,
          startsAt: {
            local: '2026-07-01T19:00:00',
            zone: 'Europe/Bucharest',
            instant: '2026-07-01T16:00:00.000Z',
          },
        },
      });
      const messages = await events.published(id);
      expect(messages.map(({ type, data: { version } }) => [type, version])).toEqual([
        ['event.published', 2],
        ['event.changed', 3],
      ]);
    });

    it('tells nobody of changes to a draft or of its end', async () => {
      const person = organizer();
      const { id } = await draft(person);
      await events
        .as(person.viewer)
        .execute(updateEvent, { input: { eventId: id, expectedVersion: 1, title: 'Nou' } });
      const { data } = await events.as(person.viewer).execute(cancelEvent, { input: { eventId: id } });
      expect(data.cancelEvent.event).toMatchObject({ status: 'CANCELLED', title: 'Nou' });
      expect(await events.published(id)).toEqual([]);
    });

    it('answers a stale change with CONFLICT and the event as it is', async () => {
      const person = organizer();
      const { id } = await draft(person);
      const input = { eventId: id, expectedVersion: 1 };
      const answers = await Promise.all(
        ['One', 'Two', 'Three'].map((title) =>
          events.as(person.viewer).execute(updateEvent, { input: { ...input, title } }),
        ),
      );
      const payloads = answers.map(({ data }) => data.updateEvent as { event: object; userErrors: object[] });
      const winner = payloads.find(({ userErrors }) => userErrors.length === 0);
      const losers = payloads.filter((payload) => payload !== winner);
      expect(losers).toHaveLength(2);
      for (const { event, userErrors } of losers) {
        expect(userErrors).toMatchObject([{ code: 'CONFLICT', path: ['expectedVersion'] }]);
        expect(event).toEqual(winner!.event);
      }
    });

    it('cancels once, tells others, and then refuses every change', async () => {
      const person = organizer();
      const { id } = await draft(person);
      const as = events.as(person.viewer);
      await as.execute(publishEvent, { input: { eventId: id } });
      const first = await as.execute(cancelEvent, { input: { eventId: id } });
      expect((await as.execute(cancelEvent, { input: { eventId: id } })).data).toEqual(first.data);
      const cancelled = (await events.published(id)).filter(({ type }) => type === 'event.cancelled');
      expect(cancelled).toEqual([
        {
          type: 'event.cancelled',
          data: { eventId: id, version: 3, cancelledAt: events.clock.now().toISOString() },
        },
      ]);
      const change = await as.execute(updateEvent, {
        input: { eventId: id, expectedVersion: 3, title: 'Nou' },
      });
      expect(change.data.updateEvent).toMatchObject({
        event: { title: 'Seară românească' },
        userErrors: [{ code: 'CONFLICT' }],
      });
      const publication = await as.execute(publishEvent, { input: { eventId: id } });
      expect(publication.data.publishEvent.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    });

    it('is on record when it strikes others, or is done to somebody else’s event', async () => {
      const [person, superUser] = [organizer(), events.given.person({ roles: ['SUPER_USER'] })];
      const { id } = await draft(person);
      await events.as(person.viewer).execute(publishEvent, { input: { eventId: id } });
      expect(await auditLines(events.db, id)).toEqual([]);
      await events
        .as(superUser.viewer)
        .execute(updateEvent, { input: { eventId: id, expectedVersion: 2, title: 'Altul' } });
      await events.as(person.viewer).execute(cancelEvent, { input: { eventId: id } });
      const about = { subject: { type: 'Event', id }, personId: person.id };
      expect(await auditLines(events.db, id)).toMatchObject([
        {
          ...about,
          action: 'event.changed',
          actor: { kind: 'PERSON', id: superUser.id },
          before: { title: 'Seară românească' },
          after: { title: 'Altul' },
        },
        {
          ...about,
          action: 'event.cancelled',
          before: { status: 'PUBLISHED' },
          after: { status: 'CANCELLED' },
        },
      ]);
    });

    it('refuses strangers: hidden events do not exist for them, visible ones are not theirs', async () => {
      const stranger = events.as(organizer().viewer);
      const hidden = await events.given.event({ status: 'DRAFT' });
      const visible = await events.given.event();
      const input = { expectedVersion: 1, title: 'Mine' };
      const unseen = await stranger.execute(updateEvent, { input: { ...input, eventId: hidden.publicId } });
      expect(unseen.data.updateEvent).toMatchObject({
        event: null,
        userErrors: [{ code: 'NOT_FOUND', path: ['eventId'] }],
      });
      expect(
        (await stranger.execute(updateEvent, { input: { ...input, eventId: visible.publicId } })).codes,
      ).toEqual(['FORBIDDEN']);
      expect((await stranger.execute(publishEvent, { input: { eventId: visible.publicId } })).codes).toEqual([
        'FORBIDDEN',
      ]);
      expect((await stranger.execute(cancelEvent, { input: { eventId: visible.publicId } })).codes).toEqual([
        'FORBIDDEN',
      ]);
      const rows = await events.db.event.findMany({ where: { id: { in: [hidden.id, visible.id] } } });
      expect(rows.every(({ version }) => version === 1)).toBe(true);
    });

    it('does not let a consul move a local event out of the city, nor publish it after the office ended', async () => {
      const consul = events.given.person({
        offices: [{ role: 'CONSUL', countryCode: 'DE', city: 'Berlin' }],
      });
      const { id } = await draft(consul, { type: 'LOCAL' });
      const place = { countryCode: 'DE', city: 'Hamburg' };
      const moved = await events
        .as(consul.viewer)
        .execute(updateEvent, { input: { eventId: id, expectedVersion: 1, place } });
      expect(moved.codes).toEqual(['FORBIDDEN']);
      const former = events.as({ ...consul.viewer, offices: [] });
      expect((await former.execute(publishEvent, { input: { eventId: id } })).codes).toEqual(['FORBIDDEN']);
      expect(
        (await events.as(consul.viewer).execute(publishEvent, { input: { eventId: id } })).codes,
      ).toEqual([]);
    });

    it('does not publish what should have begun, nor change what is over', async () => {
      const person = organizer();
      const past = new Date(events.clock.now().getTime() - dayMs);
      const late = await events.given.event({
        organizerId: person.id,
        status: 'DRAFT',
        startsAt: past,
        endsAt: new Date(past.getTime() + 2 * dayMs),
      });
      const over = await events.given.event({ organizerId: person.id, startsAt: past });
      const as = events.as(person.viewer);
      const publication = await as.execute(publishEvent, { input: { eventId: late.publicId } });
      expect(publication.data.publishEvent.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
      const change = await as.execute(updateEvent, {
        input: { eventId: over.publicId, expectedVersion: 1, title: 'Nou' },
      });
      expect(change.data.updateEvent).toMatchObject({
        event: { status: 'COMPLETED' },
        userErrors: [{ code: 'CONFLICT' }],
      });
    });

    it('does not lower the capacity below the number of registered people, nor clear what an event needs', async () => {
      const person = organizer();
      const { publicId } = await events.given.event({
        organizerId: person.id,
        capacity: 5,
        registeredCount: 3,
      });
      const change = (input: object) =>
        events
          .as(person.viewer)
          .execute(updateEvent, { input: { eventId: publicId, expectedVersion: 1, ...input } });
      expect((await change({ capacity: 2 })).data.updateEvent.userErrors).toMatchObject([
        { code: 'INVALID_INPUT', path: ['capacity'] },
      ]);
      expect((await change({ title: null })).data.updateEvent.userErrors).toMatchObject([
        { code: 'INVALID_INPUT', path: ['title'] },
      ]);
      expect((await change({ domain: null })).data.updateEvent.userErrors).toMatchObject([
        { code: 'INVALID_INPUT', path: ['domain'] },
      ]);
      expect((await change({ capacity: 3 })).data.updateEvent).toMatchObject({
        event: { capacity: 3 },
        userErrors: [],
      });
    });
  });
});
