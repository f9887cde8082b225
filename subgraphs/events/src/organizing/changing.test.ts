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

describe('publishing, changing and cancelling an event', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  const create = (person: ReturnType<typeof events.given.person>, overrides: object = {}) =>
    events.as(person.viewer).execute(createEvent, { input: anEventInput(overrides) });

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
    expect((await events.as(consul.viewer).execute(publishEvent, { input: { eventId: id } })).codes).toEqual(
      [],
    );
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
