import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mediaIds, userIds } from '../ids.js';
import { anEventInput, givenEvents } from '../testing/given.js';

const fields = `id version language translations { language title isMachineTranslated }
  localizedTitle(languages: ["de-AT", "en"]) { text language isMachineTranslated }
  program { title description room speakers startsAt { local instant } endsAt { local } }
  cover { id } gallery { id }`;
const errors = 'userErrors { code path }';
const createEvent = `mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { ${fields} } ${errors} } }`;
const updateEvent = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { event { ${fields} } ${errors} } }`;
const found = `query ($text: String!) { events(first: 5, filter: { text: $text }) { nodes { id } } }`;

describe('what an event says of itself', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  let person: ReturnType<typeof events.given.person>;
  beforeAll(async () => {
    events = await givenEvents();
    person = events.given.person();
  });
  afterAll(() => events.stop());

  const create = async (overrides: object) =>
    (await events.as(person.viewer).execute(createEvent, { input: anEventInput(overrides) })).data
      .createEvent;
  const update = async ({ id, version }: { id: string; version: number }, changes: object) =>
    (
      await events
        .as(person.viewer)
        .execute(updateEvent, { input: { eventId: id, expectedVersion: version, ...changes } })
    ).data.updateEvent;

  const german = { language: 'de', title: 'Spinnstube', description: 'Gesang und Tanz.' };
  const agenda = [
    { title: 'Tanz', startsAt: '2026-07-01T20:30:00' },
    {
      ...{ title: 'Begrüßung', startsAt: '2026-07-01T19:00:00', endsAt: '2026-07-01T19:15:00' },
      ...{ room: 'Saal', speakers: ['Ana Popa'] },
    },
  ];

  it('is there in several languages, and found by the words of each', async () => {
    const { event } = await create({ translations: [german] });
    expect(event).toMatchObject({
      language: 'ro',
      translations: [{ language: 'de', title: 'Spinnstube', isMachineTranslated: false }],
      localizedTitle: { text: 'Spinnstube', language: 'de' },
    });
    const publish = 'mutation ($id: ID!) { publishEvent(input: { eventId: $id }) { event { id } } }';
    await events.as(person.viewer).execute(publish, { id: event.id });
    const words = async (text: string) =>
      (await events.anonymous.execute(found, { text })).data.events.nodes.length as number;
    expect([await words('spinnstube'), await words('gesang')]).toEqual([1, 1]);
    const replaced = await update({ ...event, version: 2 }, { translations: [] });
    expect(replaced.event).toMatchObject({ translations: [], localizedTitle: { language: 'ro' } });
    expect(await words('spinnstube')).toBe(0);
  });

  it('has a program in order, which moves with the event', async () => {
    const { event } = await create({ program: agenda });
    expect(event.program).toEqual([
      {
        ...{ title: 'Begrüßung', description: null, room: 'Saal', speakers: ['Ana Popa'] },
        startsAt: { local: '2026-07-01T19:00:00', instant: '2026-07-01T17:00:00.000Z' },
        endsAt: { local: '2026-07-01T19:15:00' },
      },
      expect.objectContaining({ title: 'Tanz', speakers: [], endsAt: null }),
    ]);
    const moved = await update(event, { startsAt: '2026-12-01T10:00:00', endsAt: '2026-12-01T13:00:00' });
    expect(moved.event.program.map((item: any) => item.startsAt)).toEqual([
      { local: '2026-12-01T10:00:00', instant: '2026-12-01T09:00:00.000Z' },
      { local: '2026-12-01T11:30:00', instant: '2026-12-01T10:30:00.000Z' },
    ]);
    const shorter = await update(moved.event, { endsAt: '2026-12-01T11:00:00' });
    expect(shorter.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['endsAt'] }]);
  });

  it('has pictures, which others are told of with the hosts', async () => {
    const [cover, other] = [mediaIds.encode(mediaIds.create()), mediaIds.encode(mediaIds.create())];
    const { event } = await create({ coverId: cover, galleryIds: [other, cover] });
    expect(event).toMatchObject({ cover: { id: cover }, gallery: [{ id: other }, { id: cover }] });
    const publish = 'mutation ($id: ID!) { publishEvent(input: { eventId: $id }) { event { id } } }';
    await events.as(person.viewer).execute(publish, { id: event.id });
    expect((await events.published(event.id as string))[0]!.data).toMatchObject({
      hostIds: [person.publicId],
      mediaIds: [cover, other],
    });
    expect((await update({ ...event, version: 2 }, { coverId: null })).event).toMatchObject({
      cover: null,
      gallery: [{ id: other }, { id: cover }],
    });
  });

  it.each<[string, object, string[]]>([
    [
      'a translation into its own language',
      { translations: [{ ...german, language: 'ro' }] },
      ['translations', '0', 'language'],
    ],
    ['a language twice', { translations: [german, german] }, ['translations']],
    [
      'an empty title in another language',
      { translations: [{ ...german, title: ' ' }] },
      ['translations', '0', 'title'],
    ],
    [
      'an item before the start',
      { program: [{ title: 'A', startsAt: '2026-07-01T18:59:59' }] },
      ['program', '0', 'startsAt'],
    ],
    [
      'an item at the end',
      { program: [{ title: 'A', startsAt: '2026-07-01T22:00:00' }] },
      ['program', '0', 'startsAt'],
    ],
    [
      'an item that ends after the event',
      { program: [{ ...agenda[1], endsAt: '2026-07-01T22:00:01' }] },
      ['program', '0', 'endsAt'],
    ],
    [
      'an item that ends as it begins',
      { program: [{ ...agenda[1], endsAt: '2026-07-01T19:00:00' }] },
      ['program', '0', 'endsAt'],
    ],
    ['a program without end', { program: Array.from({ length: 101 }, () => agenda[0]) }, ['program']],
    ['a cover that is no file', { coverId: userIds.encode(userIds.create()) }, ['coverId']],
    ['a picture twice', { galleryIds: ['x', 'x'].fill(mediaIds.encode(mediaIds.create())) }, ['galleryIds']],
  ])('refuses %s', async (_case, overrides, path) => {
    expect(await create(overrides)).toEqual({ event: null, userErrors: [{ code: 'INVALID_INPUT', path }] });
  });

  it('keeps the language of the event apart from its translations when it changes', async () => {
    const { event } = await create({ translations: [german] });
    const { userErrors } = await update(event, { language: 'de' });
    expect(userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['translations', '0', 'language'] }]);
  });
});
