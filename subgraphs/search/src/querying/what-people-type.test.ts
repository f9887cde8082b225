import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

const found = async (query: string): Promise<string[]> => {
  const { data, errors } = await search.as(member).execute(searchQuery, { query, first: 20 });
  expect(errors).toEqual([]);
  return data.search.edges.map(({ node }: { node: { id: string } }) => node.id);
};

describe('what people type', () => {
  const typed = [
    ...[
      '"',
      '"-',
      '-',
      '--',
      '-""',
      '""',
      '" "',
      "'",
      '\\',
      '\\"',
      '&',
      '|',
      '!',
      '!!a',
      '<->',
      '(',
      ')',
      '(a',
      'a:*',
    ],
    ...[
      ':*',
      'a & | b',
      '%',
      '_',
      '*',
      ';',
      '$1',
      'or',
      'or or',
      'a or',
      '-a or -b',
      '-spam',
      '"a',
      'a"',
      'a -"b c',
    ],
    ...[
      '🎉',
      '🎉🎉 jazz',
      '👨‍👩‍👧',
      '\u200f',
      '\u202eabc\u202c',
      '\u2066\u2069',
      '\t\n',
      '\u0001',
      '\ud800',
      '…',
      '。',
    ],
    ...[
      'the',
      'http://example.org/a?b=c&d',
      'a@b.example',
      '1.5e10',
      '2026-01-01',
      'ﷺ',
      'x'.repeat(200),
      'a '.repeat(100),
    ],
    ...['"'.repeat(200), '- '.repeat(100), '<b>', "'; DROP TABLE documents; --", 'ä'.repeat(200)],
  ];
  it('never fails, though a word grows beyond what can be compared letter by letter', async () => {
    await search.given.event({ title: 'fif' });
    await search.given.event({ title: 'office iffy' });
    await search.given.event({ title: 'fiffy' });
    // The ligature of three letters is folded into three.
    expect(await found('ﬃ'.repeat(100))).toEqual([]);
  });

  it.each(typed)('never fails: %j', async (query) => {
    await search.given.event({ title: 'Jazz', description: 'Jazz 🎉' });
    const filter = { city: query.slice(0, 80).trim() || 'x', hashtags: ['#'] };
    const answer = await search.as(member).execute(searchQuery, { query, first: 5, facets: ['CITY'] });
    expect(answer.errors).toEqual([]);
    const filtered = await search.as(member).execute(searchQuery, { query, first: 5, filter });
    expect(filtered.codes.filter((code) => code !== 'INVALID_INPUT')).toEqual([]);
  });

  it('means its words, whatever stands around them', async () => {
    const { eventId } = await search.given.event({ title: 'Jazz' });
    for (const query of [
      '🎉 jazz',
      '\u200fjazz\u200f',
      'ja\u00adzz',
      '\u202ejazz',
      '#jazz',
      '(jazz)',
      'jazz!',
      '  jazz ',
    ])
      expect(await found(query)).toEqual([eventId]);
  });

  it('means all when it is empty, and nothing when it has no word to find', async () => {
    await search.given.event();
    for (const query of ['', '   ', '\u200f']) expect(await found(query)).toHaveLength(1);
    for (const query of ['!?', '🎉', '-something', '""']) expect(await found(query)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a longer query', { query: 'x'.repeat(201) }, 'INVALID_INPUT'],
    ['NUL', { query: 'a\u0000b' }, 'INVALID_INPUT'],
    ['no page size', { first: null }, 'INVALID_INPUT'],
    ['two page sizes', { last: 1 }, 'INVALID_INPUT'],
    ['a page too large', { first: 101 }, 'INVALID_INPUT'],
    ['a page too small', { first: -1 }, 'INVALID_INPUT'],
    ['a foreign cursor', { after: Buffer.from('["x"]').toString('base64url') }, 'INVALID_INPUT'],
    ['a broken cursor', { after: '🎉' }, 'INVALID_INPUT'],
    [
      'a cursor beyond numbers',
      { after: Buffer.from('[1e300,"0190a5a0-0000-7000-8000-000000000000","EVENT"]').toString('base64url') },
      'INVALID_INPUT',
    ],
    [
      'a cursor of another kind',
      { after: Buffer.from('[1,"0190a5a0-0000-7000-8000-000000000000","X"]').toString('base64url') },
      'INVALID_INPUT',
    ],
    ['a year PostgreSQL has not', { filter: { startsAfter: '0000-01-01T00:00:00.000Z' } }, 'BAD_USER_INPUT'],
    [
      'a circle around nowhere',
      { filter: { near: { latitude: 91, longitude: 0, radiusKm: 1 } } },
      'INVALID_INPUT',
    ],
    [
      'a circle too large',
      { filter: { near: { latitude: 0, longitude: 0, radiusKm: 1_001 } } },
      'INVALID_INPUT',
    ],
    [
      'a circle of nothing',
      { filter: { near: { latitude: 0, longitude: 0, radiusKm: 0 } } },
      'INVALID_INPUT',
    ],
    ['too many values', { filter: { hashtags: Array.from({ length: 21 }, () => 'a') } }, 'INVALID_INPUT'],
    ['a country that is none', { filter: { countryCode: 'XX' } }, 'BAD_USER_INPUT'],
    ['a language that is none', { filter: { languages: ['!'] } }, 'BAD_USER_INPUT'],
    ['an unknown type', { types: ['PLACE'] }, 'BAD_USER_INPUT'],
  ])('is refused: %s', async (_name, variables, code) => {
    const answer = await search.as(member).execute(searchQuery, { query: 'a', first: 5, ...variables });
    expect(answer.codes).toEqual([code]);
    expect(answer.data?.search ?? null).toBeNull();
  });
});
