import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { givenSearch, searchQuery, type Search } from '../testing/given.js';

let search: Search;

beforeAll(async () => {
  search = await givenSearch();
});
afterAll(() => search.stop());
beforeEach(async () => {
  await search.db.document.deleteMany();
});

const member = aViewer();

interface Answer {
  readonly edges: readonly {
    readonly node: { readonly id: string };
    readonly highlight: readonly { readonly text: string; readonly isMatch: boolean }[] | null;
  }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
  readonly facets: readonly { readonly buckets: readonly { value: string; count: number }[] }[];
}

const ask = async (
  query: string,
  variables: object = {},
  viewer: Viewer | null = member,
): Promise<Answer> => {
  const answer = await search.as(viewer).execute(searchQuery, { query, first: 20, ...variables });
  expect(answer.errors).toEqual([]);
  return answer.data.search as Answer;
};
const idsOf = ({ edges }: Answer) => edges.map(({ node }) => node.id);
const found = async (...asked: Parameters<typeof ask>) => idsOf(await ask(...asked));

describe('words', () => {
  it('are found in any form of the language of the document', async () => {
    const english = await search.given.post({ language: 'en', text: 'We are organizing meetings' });
    const german = await search.given.post({ language: 'de', text: 'Wir suchen Häuser' });
    const romanian = await search.given.post({ language: 'ro', text: 'Concerte pentru copii' });
    expect(await found('meeting')).toEqual([english.postId]);
    expect(await found('haus')).toEqual([german.postId]);
    expect(await found('concertul')).toEqual([romanian.postId]);
  });

  it('are found with and without accents, in capitals and composed either way', async () => {
    const { postId } = await search.given.post({ language: 'ro', text: 'Întâlnire la București' });
    for (const query of ['întâlnire', 'INTALNIRE', 'bucuresti', 'Bucureşti', 'București'.normalize('NFD')])
      expect(await found(query)).toEqual([postId]);
  });

  it('must all be met, wherever in the document', async () => {
    const both = await search.given.event({
      title: 'Jazz night',
      description: 'With dinner',
      city: 'Berlin',
    });
    await search.given.event({ title: 'Jazz night', city: 'Hamburg' });
    expect(await found('jazz dinner berlin')).toEqual([both.eventId]);
  });

  it('may be a phrase, be left out, or be alternatives', async () => {
    const day = await search.given.post({ text: 'A day out in the great national park' });
    const night = await search.given.post({ text: 'The national day, a great night' });
    expect(await found('"national day"')).toEqual([night.postId]);
    expect(await found('great -park')).toEqual([night.postId]);
    expect(await found('great -parks')).toEqual([night.postId]);
    expect(await found('park or night')).toEqual([night.postId, day.postId]);
  });

  it('of scripts other than Latin are found', async () => {
    const arabic = await search.given.post({ language: 'ar', text: 'مرحبا بكم في برلين' });
    const cyrillic = await search.given.post({ language: 'ru', text: 'Встречи в Берлине' });
    const chinese = await search.given.post({ language: 'zh', text: '北京 聚会' });
    expect(await found('برلين')).toEqual([arabic.postId]);
    expect(await found('ВСТРЕЧА')).toEqual([cyrillic.postId]);
    expect(await found('北京')).toEqual([chinese.postId]);
  });

  it('are found as the beginning of a word while they are being typed', async () => {
    const { postId } = await search.given.post({ language: 'en', text: 'The university of life' });
    const exact = await search.given.post({ language: 'en', text: 'To universalize or to univer' });
    expect(await found('univer')).toEqual([exact.postId, postId]);
    expect(await found('life universi')).toEqual([postId]);
    expect(await found('u')).toEqual([]);
    expect(await found('uni')).toEqual([exact.postId, postId]);
    expect(await found('uni ')).toEqual([]);
  });

  it.each([
    ['a wrong letter', 'Ana Popesku'],
    ['swapped letters', 'Ana Popsecu'],
    ['a missing letter', 'Ana Popecu'],
    ['a letter too many', 'Ana Poppescu'],
    ['a missing accent and a wrong letter', 'stefanesku'],
  ])('are found in spite of %s', async (_name, query) => {
    const ana = await search.given.person({ displayName: 'Ana Popescu-Ștefănescu' });
    await search.given.person({ displayName: 'Maria Georgescu' });
    expect(await found(query)).toEqual([ana.userId]);
  });

  it.each(['conzert', 'conzert berlin', 'chior', 'romanain choyr', 'sprng'])(
    'are found in a longer text in spite of a wrong letter in their middle: %s',
    async (query) => {
      const title = 'Spring concert of the Romanian choir';
      const { eventId } = await search.given.event({ title, city: 'Berlin' });
      await search.given.event({ title: 'Content marketing for choosy readers', city: 'Berlin' });
      expect(await found(query)).toEqual([eventId]);
    },
  );

  it('rank titles over tags over texts, exact over similar, and of equals the newest first', async () => {
    const similar = await search.given.event({ title: 'Konzart' });
    const inText = await search.given.event({ description: 'Konzert' });
    const inTags = await search.given.event({ tags: ['konzert'] });
    const older = await search.given.event({ title: 'Konzert' });
    const newer = await search.given.event({ title: 'Konzert' });
    expect(await found('konzert')).toEqual(
      [newer, older, inTags, inText, similar].map(({ eventId }) => eventId),
    );
  });

  it('are shown where they stand in the text', async () => {
    const text = 'Sâmbătă mergem la București cu <b>trenul</b> & <i';
    await search.given.post({ language: 'ro', text: `${text} \ue000x\ue001` });
    const highlight = (await ask('bucuresti')).edges[0]?.highlight ?? [];
    expect(highlight.filter((piece) => piece.isMatch)).toEqual([{ text: 'București', isMatch: true }]);
    expect(highlight.map((piece) => piece.text).join('')).toBe(`${text} x`);
  });

  it('that are met in the title or in a similar spelling only have no place in the text', async () => {
    await search.given.event({ title: 'Konzert' });
    for (const query of ['konzert', 'kontzert'])
      expect((await ask(query)).edges).toMatchObject([{ highlight: null }]);
  });
});

describe('the viewer', () => {
  beforeEach(async () => {
    await search.given.event({ title: 'Jazz open', visibility: 'PUBLIC', countryCode: 'DE' });
    await search.given.event({ title: 'Jazz inside', visibility: 'MEMBERS', countryCode: 'FR' });
    await search.given.event({ title: 'Jazz hidden', visibility: 'UNLISTED' });
    await search.given.event({ title: 'Jazz secret', visibility: 'PRIVATE' });
    await search.given.event({ title: 'Jazz draft', status: 'DRAFT' });
    await search.given.post({ text: 'Jazz!', visibility: 'PUBLIC' });
    await search.given.post({ text: 'Jazz?', visibility: 'MEMBERS' });
    await search.given.person({ displayName: 'Jazz Maria' });
    await search.given.person({ displayName: 'Jazz Ana', isDiscoverable: false });
  });

  const facets = { facets: ['TYPE', 'COUNTRY'] };
  it.each([
    ['a visitor', null, { EVENT: 1, POST: 1 }, { DE: 1 }],
    ['a program', aViewer({ kind: 'service', scopes: ['users:read'] }), { EVENT: 1, POST: 1 }, { DE: 1 }],
    ['a member', member, { EVENT: 2, POST: 2, PERSON: 1 }, { DE: 2, FR: 1 }],
    ['a super user', aViewer({ roles: ['SUPER_USER'] }), { EVENT: 2, POST: 2, PERSON: 1 }, { DE: 2, FR: 1 }],
  ])('who is %s finds and counts what is meant for them only', async (_name, viewer, types, countries) => {
    for (const query of ['jazz', 'jaz', 'jazzz', '']) {
      const answer = await ask(query, facets, viewer);
      const counts = answer.facets.map(({ buckets }) =>
        Object.fromEntries(buckets.map(({ value, count }) => [value, count])),
      );
      expect(counts).toEqual([types, countries]);
      expect(answer.totalCount).toBe(Object.values(types).reduce((sum, count) => sum + count));
      expect(answer.edges).toHaveLength(answer.totalCount);
    }
  });

  it('no longer finds what was taken back', async () => {
    const post = await search.given.post({ text: 'Unique words' });
    expect(await found('unique')).toEqual([post.postId]);
    await search.receive({
      type: 'post.removed',
      data: { postId: post.postId, version: 2, removedAt: '2026-06-01T12:00:00.000Z' },
    });
    expect(await found('unique')).toEqual([]);
  });
});

describe('filters', () => {
  it('restrict by kind, place, origin, language, domain, time and tag', async () => {
    const event = await search.given.event({
      city: 'Iași',
      countryCode: 'RO',
      domain: 'HEALTH',
      language: 'ro',
      tags: ['doctors'],
      startsAt: '2026-09-01T18:00:00.000Z',
    });
    const person = await search.given.person({
      city: 'Lyon',
      countryOfResidence: 'FR',
      countryOfOrigin: 'MD',
      domains: ['ICT', 'HEALTH'],
      languages: ['fr-CA', 'ro'],
    });
    const post = await search.given.post({ language: 'pt-BR', hashtags: ['festa'] });
    const cases: [object, string[]][] = [
      [{ filter: { city: ' IAȘI ' } }, [event.eventId]],
      [{ filter: { countryCode: 'FR' } }, [person.userId]],
      [{ filter: { countryOfOrigin: 'MD' } }, [person.userId]],
      [{ filter: { domains: ['HEALTH'] } }, [person.userId, event.eventId]],
      [{ filter: { domains: ['HEALTH'] }, types: ['EVENT'] }, [event.eventId]],
      [{ filter: { languages: ['ro'] } }, [person.userId, event.eventId]],
      [{ filter: { languages: ['fr', 'pt'] } }, [post.postId, person.userId]],
      [{ filter: { hashtags: ['#Festa', 'DOCTORS'] } }, [post.postId, event.eventId]],
      [{ filter: { startsAfter: '2026-09-01T18:00:00.000Z' } }, [event.eventId]],
      [{ filter: { startsBefore: '2026-09-01T18:00:00.000Z' } }, []],
      [{ filter: { city: 'Iași', countryCode: 'FR' } }, []],
      [
        { filter: { languages: [], domains: null, hashtags: [] }, types: [] },
        [post.postId, person.userId, event.eventId],
      ],
    ];
    for (const [variables, expected] of cases) expect(await found('', variables)).toEqual(expected);
  });

  it('restrict to a circle, over the date line too', async () => {
    const berlin = await search.given.event({ latitude: 52.52, longitude: 13.405 });
    const potsdam = await search.given.event({ latitude: 52.39, longitude: 13.06 });
    const fiji = await search.given.event({ latitude: -17, longitude: 179.99 });
    await search.given.event();
    const near = (latitude: number, longitude: number, radiusKm: number) =>
      found('', { filter: { near: { latitude, longitude, radiusKm } } });
    expect(await near(52.52, 13.4, 5)).toEqual([berlin.eventId]);
    expect(await near(52.52, 13.4, 27)).toEqual([berlin.eventId]);
    expect(await near(52.52, 13.4, 28)).toEqual([potsdam.eventId, berlin.eventId]);
    expect(await near(-17, -179.99, 10)).toEqual([fiji.eventId]);
    expect(await near(90, 0, 1_000)).toEqual([]);
  });

  it('and facets speak of the same results', async () => {
    await search.given.event({ city: 'Berlin', domain: 'ICT', language: 'de' });
    await search.given.event({ city: 'berlin', domain: 'ICT', language: 'en' });
    await search.given.event({ city: 'Paris', countryCode: 'FR', domain: 'HEALTH', language: 'fr' });
    await search.given.post({ language: 'de' });
    const facets = ['CITY', 'DOMAIN', 'LANGUAGE', 'TYPE', 'CITY'];
    expect((await ask('', { facets, filter: { countryCode: 'DE' } })).facets).toEqual([
      { facet: 'CITY', buckets: [{ value: expect.stringMatching(/^berlin$/i) as unknown, count: 2 }] },
      { facet: 'DOMAIN', buckets: [{ value: 'ICT', count: 2 }] },
      {
        facet: 'LANGUAGE',
        buckets: [
          { value: 'de', count: 1 },
          { value: 'en', count: 1 },
        ],
      },
      { facet: 'TYPE', buckets: [{ value: 'EVENT', count: 2 }] },
    ]);
  });
});

describe('pages', () => {
  it.each(['jazz', 'jaz', 'jazzz', 'jzaz', ''])(
    'of "%s" joined are the whole list, from either end',
    async (query) => {
      for (let at = 0; at < 11; at++) {
        await search.given.event({
          title: at % 3 ? 'Jazz' : 'Something',
          tags: at % 2 ? ['jazz'] : [],
          description: 'jazz',
        });
        await search.given.person({ displayName: at % 4 ? 'Jazz jazz' : 'Jazzy' });
      }
      const whole = await found(query, { first: 100 });
      const forward: string[] = [];
      for (let after: string | null = null, more = true; more;) {
        const page = await ask(query, { first: 4, after });
        forward.push(...idsOf(page));
        [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
      }
      const backward: string[] = [];
      for (let before: string | null = null, more = true; more;) {
        const page = await ask(query, { first: null, last: 4, before });
        backward.unshift(...idsOf(page));
        [before, more] = [page.pageInfo.startCursor, page.pageInfo.hasPreviousPage];
      }
      expect(whole.length).toBeGreaterThan(8);
      expect(forward).toEqual(whole);
      expect(backward).toEqual(whole);
    },
  );

  it('go on where they were when new results come meanwhile', async () => {
    for (let at = 0; at < 4; at++) await search.given.event({ title: 'Jazz' });
    const first = await ask('jazz', { first: 2 });
    await search.given.event({ title: 'Jazz jazz jazz' });
    const second = await found('jazz', { first: 10, after: first.pageInfo.endCursor });
    const seen = idsOf(first);
    expect(second).toHaveLength(2);
    expect(new Set([...seen, ...second]).size).toBe(4);
  });
});
