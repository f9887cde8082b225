import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import type { Event } from '../__generated__/prisma/client.js';
import { eventIds, userIds } from '../ids.js';
import { anEventInput, dayMs, givenEvents, hourMs } from '../testing/given.js';
import { foldText, searchTextOf, searchWords, statusOf } from './rules.js';

const eventsQuery = `query ($filter: EventFilter, $orderBy: EventOrder! = STARTS_AT_ASC, $first: Int, $after: String, $last: Int, $before: String) {
  events(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor } nodes { id title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

type Listed = {
  nodes: { id: string; title: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string; startCursor: string };
};

describe('catalog', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  const list = async (variables: object, viewer: Viewer | null = null) => {
    const { data, codes } = await events.as(viewer).execute(eventsQuery, { first: 100, ...variables });
    expect(codes).toEqual([]);
    return data.events as Listed;
  };
  const idsOf = ({ nodes }: Listed) => nodes.map(({ id }) => id);

  describe('who sees an event', () => {
    type Who =
      | 'anonymous'
      | 'program'
      | 'program that may'
      | 'stranger'
      | 'participant'
      | 'leaver'
      | 'organizer'
      | 'co-host'
      | 'invited co-host'
      | 'super user';
    const hosts: Who[] = ['organizer', 'co-host', 'invited co-host', 'super user'];
    const people: Who[] = ['stranger', 'participant', 'leaver', ...hosts];
    const everybody: Who[] = ['anonymous', 'program', 'program that may', ...people];
    const signedIn: Who[] = ['program that may', ...people];
    const insiders: Who[] = ['participant', ...hosts];
    const owners: Who[] = ['organizer', 'super user'];
    const table: [string, Partial<Event>, { byId: Who[]; inLists: Who[]; ofOrganizer: Who[] }][] = [
      ['public', {}, { byId: everybody, inLists: everybody, ofOrganizer: everybody }],
      ['unlisted', { visibility: 'UNLISTED' }, { byId: everybody, inLists: [], ofOrganizer: owners }],
      ['members', { visibility: 'MEMBERS' }, { byId: signedIn, inLists: signedIn, ofOrganizer: signedIn }],
      ['private', { visibility: 'PRIVATE' }, { byId: insiders, inLists: [], ofOrganizer: owners }],
      ['draft', { status: 'DRAFT' }, { byId: hosts, inLists: [], ofOrganizer: owners }],
      ['cancelled', { status: 'CANCELLED' }, { byId: everybody, inLists: [], ofOrganizer: everybody }],
      [
        'draft that was cancelled',
        { status: 'CANCELLED', publishedAt: null },
        { byId: hosts, inLists: [], ofOrganizer: owners },
      ],
      [
        'over',
        { startsAt: new Date('2026-05-20T10:00:00Z') },
        { byId: everybody, inLists: [], ofOrganizer: everybody },
      ],
    ];
    const queries = `query ($id: ID!, $user: [_Any!]!, $event: [_Any!]!) {
      event(id: $id) { id }
      users: _entities(representations: $user) { ... on User { organizedEvents(first: 100) { nodes { id } } } }
      references: _entities(representations: $event) { ... on Event { id title onlineUrl } }
      events(first: 100) { nodes { id } }
    }`;

    it.each(table)('when it is %s', async (_case, overrides, sees) => {
      const organizer = events.given.person();
      const [participant, leaver] = [events.given.person(), events.given.person()];
      const [coHost, invited] = [events.given.person(), events.given.person()];
      const viewers: Record<Who, Viewer | null> = {
        anonymous: null,
        stranger: events.given.person().viewer,
        participant: participant.viewer,
        leaver: leaver.viewer,
        organizer: organizer.viewer,
        'co-host': coHost.viewer,
        'invited co-host': invited.viewer,
        program: aViewer({ kind: 'service', roles: ['PARTNER'], scopes: ['content:read'] }),
        'program that may': aViewer({ kind: 'service', roles: ['PARTNER'], scopes: ['events:read'] }),
        'super user': events.given.person({ roles: ['SUPER_USER'] }).viewer,
      };
      const event = await events.given.event({
        ...overrides,
        organizerId: organizer.id,
        coHostIds: [coHost.id],
      });
      await events.db.coHostInvitation.create({
        data: {
          eventId: event.id,
          userId: invited.id,
          invitedById: organizer.id,
          invitedAt: events.clock.now(),
        },
      });
      await events.given.registration(event, participant.id);
      await events.given.registration(event, leaver.id, 'CANCELLED');
      const variables = {
        id: event.publicId,
        user: [{ __typename: 'User', id: organizer.publicId }],
        event: [{ __typename: 'Event', id: event.publicId }],
      };
      for (const who of everybody) {
        const { data, codes } = await events.as(viewers[who]).execute(queries, variables);
        const includes = (nodes: { id: string }[]) => nodes.some(({ id }) => id === event.publicId);
        expect({
          who,
          codes,
          byId: data.event?.id === event.publicId,
          byReference: data.references[0]?.id === event.publicId,
          inLists: includes(data.events.nodes as { id: string }[]),
          ofOrganizer: includes(data.users[0].organizedEvents.nodes as { id: string }[]),
        }).toEqual({
          who,
          codes: [],
          byId: sees.byId.includes(who),
          byReference: sees.byId.includes(who),
          inLists: sees.inLists.includes(who),
          ofOrganizer: sees.ofOrganizer.includes(who),
        });
      }
    });
  });

  it('says that an event is over from the moment it ends', async () => {
    const event = await events.given.event();
    const at = (offset: number) => statusOf(event, new Date(event.endsAt.getTime() + offset));
    expect([at(-1), at(0)]).toEqual(['PUBLISHED', 'COMPLETED']);
    expect(statusOf({ ...event, status: 'CANCELLED' }, event.endsAt)).toBe('CANCELLED');
  });

  it('answers null for references to nothing, to something malformed and to something else', async () => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    const nothing = eventIds.encode(eventIds.create());
    const r = [
      { __typename: 'Event', id: nothing },
      { __typename: 'Event', id: 'evt_\u202e🎉' },
      { __typename: 'Event', id: userIds.encode(userIds.create()) },
      { __typename: 'User', id: nothing },
      { __typename: 'User', id: '' },
    ];
    const { data, codes } = await events.anonymous.execute(query, { r });
    expect([data._entities, codes]).toEqual([[null, null, null, null, null], []]);
  });

  it.each<[string, object]>([
    ['a page of 101', { first: 101 }],
    ['a page below zero', { first: -1 }],
    ['no page size', {}],
    ['two page sizes', { first: 1, last: 1 }],
    ['a cursor of something else', { first: 1, after: 'nonsense' }],
    [
      'a cursor with too little in it',
      { first: 1, after: Buffer.from('["2026-01-01T00:00:00Z"]').toString('base64url') },
    ],
    ['a foreign organizer id', { first: 1, filter: { organizerId: eventIds.encode(eventIds.create()) } }],
    ['a text of short words', { first: 1, filter: { text: 'zq a-bc c++ 10' } }],
    ['a text without a word', { first: 1, filter: { text: '\\ %%% ...' } }],
    ['an endless text', { first: 1, filter: { text: 'x'.repeat(201) } }],
    [
      'a window that closes before it opens',
      { first: 1, filter: { startsAfter: '2026-07-01T00:00:00Z', startsBefore: '2026-06-01T00:00:00Z' } },
    ],
  ])('refuses %s', async (_case, variables) => {
    const { data, codes } = await events.anonymous.execute(eventsQuery, { ...variables });
    expect([data, codes]).toEqual([null, ['INVALID_INPUT']]);
  });

  it('takes the first and the last second there is, and refuses a year PostgreSQL has not', async () => {
    const filter = { startsAfter: '0001-01-01T00:00:00.000Z', startsBefore: '9999-12-31T23:59:59.999Z' };
    await list({ filter });
    const startsAfter = '0000-12-31T00:00:00.000Z';
    const { codes } = await events.anonymous.execute(eventsQuery, { first: 1, filter: { startsAfter } });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  it('refuses an id that is malformed or of something else', async () => {
    for (const id of ['evt_nonsense', userIds.encode(userIds.create()), '']) {
      const { data, codes } = await events.anonymous.execute('query ($id: ID!) { event(id: $id) { id } }', {
        id,
      });
      expect([data, codes]).toEqual([{ event: null }, ['INVALID_INPUT']]);
    }
  });

  describe('filters', () => {
    const later = new Date('2026-09-01T10:00:00Z');
    let wanted: Awaited<ReturnType<typeof events.given.event>>;
    let organizer: ReturnType<typeof events.given.person>;
    beforeAll(async () => {
      organizer = events.given.person();
      const facts = {
        title: 'Sărbătoarea Mărțișorului 100%',
        description: 'Cântec și joc. 我在北京吃寿司（すし）, 서울에서.',
        venue: 'Casa_Română',
        city: 'Zürich',
        tags: ['dans'],
      };
      wanted = await events.given.event({
        ...facts,
        organizerId: organizer.id,
        domain: 'HEALTH',
        type: 'LOCAL',
        language: 'pt-BR',
        startsAt: later,
        countryCode: 'CH',
        cityKey: 'zurich',
        capacity: 2,
        registeredCount: 1,
        searchText: searchTextOf(facts),
      });
    });

    it.each<[string, object]>([
      ['a word of the title without its accents', { text: 'martisorului' }],
      ['words in any order and case', { text: 'JOC  sărbătoarea' }],
      ['a part of a word', { text: 'rbato' }],
      ['the venue', { text: 'casa_romana' }],
      ['a tag', { text: 'dans' }],
      ['short words beside a longer one', { text: 'si joc 10' }],
      ['Chinese words, one character after the other', { text: '北京' }],
      ['a Japanese word of two characters', { text: 'すし' }],
      ['a Korean word of two syllables', { text: '서울' }],
      ['a percent sign as itself', { text: '100%' }],
      ['a domain', { domains: ['HEALTH', 'ICT'] }],
      ['a type', { types: ['LOCAL'] }],
      ['a country', { countryCode: 'CH' }],
      ['a city, however it is spelled', { city: '  ZÜRICH ' }],
      ['a language', { language: 'pt-BR' }],
      ['a language in all its regions', { language: 'pt' }],
      [
        'the start',
        { startsAfter: later.toISOString(), startsBefore: new Date(later.getTime() + 1).toISOString() },
      ],
      ['the organizer', { organizerId: 'organizer' }],
      [
        'all at once',
        { text: 'joc', domains: ['HEALTH'], types: ['LOCAL'], countryCode: 'CH', hasFreePlaces: true },
      ],
    ])('find an event by %s', async (_case, filter) => {
      const named = 'organizerId' in filter ? { organizerId: organizer.publicId } : filter;
      expect(idsOf(await list({ filter: named }))).toEqual([wanted.publicId]);
    });

    it.each<[string, object]>([
      ['a percent sign as a wildcard', { text: 'joc%sarbatoarea' }],
      ['an underscore as a wildcard', { text: 'sarb_toarea' }],
      ['a backslash', { text: 'joc \\' }],
      ['characters that do not follow each other', { text: '京北' }],
      ['a short word that is not there', { text: 'joc zq' }],
      ['one word of two', { text: 'joc fotbal' }],
      ['another region of its language', { language: 'pt-PT' }],
      ['a start that is excluded', { startsAfter: new Date(later.getTime() + 1).toISOString() }],
      ['an empty list of domains', { domains: [] }],
    ])('do not take %s', async (_case, filter) => {
      expect(idsOf(await list({ filter }))).not.toContain(wanted.publicId);
    });

    it('tell a language from another that begins like it', async () => {
      const asturian = await events.given.event({ language: 'ast' });
      expect(idsOf(await list({ filter: { language: 'as' } }))).toEqual([]);
      expect(idsOf(await list({ filter: { language: 'ast' } }))).toEqual([asturian.publicId]);
    });

    it('tell events with free places from sold-out ones', async () => {
      const inCountry = { countryCode: 'AT' };
      const full = await events.given.event({ ...inCountry, capacity: 1, registeredCount: 1 });
      const free = await events.given.event({ ...inCountry, capacity: 2, registeredCount: 1 });
      const open = await events.given.event({ ...inCountry, capacity: null });
      const found = async (hasFreePlaces: boolean | null) =>
        idsOf(await list({ filter: { ...inCountry, hasFreePlaces } })).sort();
      expect(await found(true)).toEqual([free.publicId, open.publicId].sort());
      expect(await found(false)).toEqual([full.publicId]);
      expect(await found(null)).toHaveLength(3);
      // A place that is kept for somebody is free for nobody, until it is kept no more.
      const now = events.clock.now();
      await events.db.placeHold.create({
        data: {
          ...{ id: crypto.randomUUID(), eventId: free.id, purpose: 'OFFER', claimId: crypto.randomUUID() },
          ...{ places: 1, createdAt: now, expiresAt: new Date(now.getTime() + hourMs) },
        },
      });
      expect(await found(true)).toEqual([open.publicId]);
      expect(await found(false)).toEqual([free.publicId, full.publicId].sort());
      events.clock.advance(hourMs);
      expect(await found(true)).toEqual([free.publicId, open.publicId].sort());
      events.clock.advance(-hourMs);
    });

    it('find what was created and published through the API, by its present text', async () => {
      const person = events.given.person();
      const create = 'mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } } }';
      const { data } = await events
        .as(person.viewer)
        .execute(create, { input: anEventInput({ title: 'Șezătoare' }) });
      const eventId = data.createEvent.event.id as string;
      const publish =
        'mutation ($input: PublishEventInput!) { publishEvent(input: $input) { event { id } } }';
      await events.as(person.viewer).execute(publish, { input: { eventId } });
      expect(idsOf(await list({ filter: { text: 'sezatoare' } }))).toEqual([eventId]);
      const update = 'mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { event { id } } }';
      await events
        .as(person.viewer)
        .execute(update, { input: { eventId, expectedVersion: 2, title: 'Clacă' } });
      expect(idsOf(await list({ filter: { text: 'sezatoare' } }))).toEqual([]);
      expect(idsOf(await list({ filter: { text: 'claca kulturhaus' } }))).toEqual([eventId]);
    });
  });

  describe('paging', () => {
    const place = (countryCode: string) => ({ countryCode });

    /** Reads page by page and does something between two pages. */
    async function readAll(variables: object, between: () => Promise<unknown>) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Listed = await list({ ...variables, first: 3, after });
        seen.push(...idsOf(page));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
        await between();
      } while (after !== null);
      return seen;
    }

    it.each(['STARTS_AT_ASC', 'CREATED_AT_DESC'] as const)(
      'by %s neither repeats nor skips while others are added, though many share one moment',
      async (orderBy) => {
        const countryCode = orderBy === 'STARTS_AT_ASC' ? 'IT' : 'ES';
        const there = await Promise.all(
          Array.from({ length: 10 }, () => events.given.event(place(countryCode))),
        );
        const soon = {
          startsAt: new Date(events.clock.now().getTime() + hourMs),
          createdAt: new Date(events.clock.now().getTime() + hourMs),
        };
        const late = {
          startsAt: new Date(events.clock.now().getTime() + 90 * dayMs),
          createdAt: new Date('2026-01-01T00:00:00Z'),
        };
        let added = 0;
        const seen = await readAll({ filter: { countryCode }, orderBy }, async () => {
          // Before what was read, beside it, and after it; not without end.
          if (added++ > 2) return;
          await events.given.event({ ...place(countryCode), ...soon });
          await events.given.event({ ...place(countryCode), ...late });
        });
        expect(new Set(seen).size).toBe(seen.length);
        for (const { publicId } of there) expect(seen).toContain(publicId);
      },
    );

    it('goes backwards from the end', async () => {
      const rows = [];
      for (let index = 1; index <= 5; index++) {
        const startsAt = new Date(events.clock.now().getTime() + index * dayMs);
        rows.push(await events.given.event({ ...place('FR'), startsAt }));
      }
      const ids = rows.map(({ publicId }) => publicId);
      const filter = { countryCode: 'FR' };
      const last = await list({ filter, first: null, last: 2 });
      expect(idsOf(last)).toEqual(ids.slice(3));
      expect(
        idsOf(await list({ filter, first: null, last: 100, before: last.pageInfo.startCursor })),
      ).toEqual(ids.slice(0, 3));
    });
  });

  it('folds text for search', () => {
    expect(foldText('ȘȚĂÂÎ Łódź \u202bمرحبا\u202c e\u0301')).toBe('staai łodz مرحبا e');
    expect(foldText('去北京2026年')).toBe(' 去 北 京 2026 年 ');
    expect(searchWords('  a_b  100% \\ ')).toEqual(['a\\_b', '100\\%', '\\\\']);
    expect(searchWords(Array.from({ length: 20 }, (_, index) => `w${index}`).join(' '))).toHaveLength(8);
  });
});
