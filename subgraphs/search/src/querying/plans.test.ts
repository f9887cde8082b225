import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aViewer } from '@diaspora/kit/testing';
import { createPool, decodeCursor, encodeCursor, parseInput, parsePage } from '@diaspora/kit';
import type { Prisma } from '../database.js';
import { givenSearch, type Search } from '../testing/given.js';
import { readQuery } from './reading.js';
import { faintlySimilar, readWish, searchInput } from './rules.js';
import { hitOrder } from './service.js';
import {
  countStatement,
  facetsStatement,
  hitsStatement,
  type HitPosition,
  type Question,
} from './statements.js';

/** 20,000 documents of three kinds and four languages, twelve of 5,000 words in each text, all over Europe. */
const manyDocuments = `
  CREATE FUNCTION pg_temp.word(n bigint) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN translate(left(md5((n % 5000)::text), 8), '0123456789', 'ghijklmnop');
  INSERT INTO documents (kind, entity_key, source_version, is_deleted, visibility, configuration, title, place, body,
    tags, country_code, city, city_key, country_of_origin, languages, domains, starts_at, latitude, longitude)
  SELECT (ARRAY['EVENT', 'PERSON', 'POST'])[1 + n % 3]::document_kind, uuidv7(), 1, false,
    (ARRAY['MEMBERS', 'PUBLIC'])[1 + n % 2]::document_visibility,
    (ARRAY['search_romanian', 'search_german', 'search_english', 'search_simple'])[1 + n % 4],
    pg_temp.word(n) || ' ' || pg_temp.word(n * 7), 'City ' || n % 200,
    (SELECT string_agg(pg_temp.word(n * k), ' ') FROM generate_series(11, 22) AS k), ARRAY[pg_temp.word(n * 3)],
    chr(65 + n % 20) || 'X', 'City ' || n % 200, 'city ' || n % 200, chr(65 + n % 20) || 'Y', ARRAY['l' || n % 30],
    ARRAY['d' || n % 50], timestamptz '2026-01-01' + n * interval '10 minutes', 40 + n % 1500 / 100.0, n % 2999 / 100.0
  FROM generate_series(1, 20000) AS n;
  UPDATE documents SET owner_key = CASE kind WHEN 'PERSON' THEN entity_key ELSE md5(right(entity_key::text, 3))::uuid END;
  INSERT INTO blocks (blocker_id, blocked_id, is_active, version)
  SELECT md5(n % 4000 || 'person')::uuid, md5(to_hex(n % 4096))::uuid, n % 5 > 0, 1
  FROM generate_series(1, 40000) AS n ON CONFLICT DO NOTHING;
  VACUUM ANALYZE documents;
  VACUUM ANALYZE blocks;`;

interface Plan {
  readonly 'Node Type': string;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): string[] => [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodesOf)];

describe('over 20,000 documents', () => {
  let search: Search;
  let word: string;

  beforeAll(async () => {
    search = await givenSearch();
    const owner = createPool({ url: search.database.ownerUrl, max: 1 });
    for (const statement of manyDocuments.split(/;\n/).filter((part) => part.trim()))
      await owner.query(statement);
    await owner.end();
    const [row] = await search.db.$queryRaw<{ title: string }[]>`SELECT title FROM documents LIMIT 1`;
    word = row!.title.split(' ')[0]!;
  }, 120_000);
  afterAll(() => search.stop());

  /** The plan as the request would get it: with its values known. */
  async function planOf(statement: Prisma.Sql): Promise<string[]> {
    const [, rows] = await search.db.$transaction([
      search.db
        .$queryRaw`SELECT set_config('pg_trgm.word_similarity_threshold', ${String(faintlySimilar)}, true)`,
      search.db.$queryRawUnsafe<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
        `EXPLAIN (FORMAT JSON) ${statement.text}`,
        ...statement.values,
      ),
    ]);
    return nodesOf(rows[0]!['QUERY PLAN'][0]!.Plan);
  }

  async function questionOf(query: string, filter: object, viewer: Question['viewer']): Promise<Question> {
    const input = parseInput(searchInput, { query, filter });
    const reading = await readQuery(search.db, readWish(query));
    return { reading: reading!, types: [], filter: input.filter, viewer };
  }

  const misspelled = () => word.slice(0, 5) + 'x' + word.slice(6);
  const cases: [string, () => [string, object]][] = [
    ['a word', () => [word, {}]],
    ['a beginning', () => [word.slice(0, 5), {}]],
    ['a misspelled word', () => [misspelled(), {}]],
    ['a phrase', () => [`"${word} something"`, {}]],
    ['a word without another', () => [`${word} -something`, {}]],
    ['alternatives', () => [`${word} or something`, {}]],
    ['several words', () => [`${word} something ${word}`, {}]],
    ['a word in a city', () => [word, { city: 'City 7' }]],
    ['a country', () => ['', { countryCode: 'CX' }]],
    ['a city', () => ['', { city: 'City 7' }]],
    ['an origin', () => ['', { countryOfOrigin: 'CY' }]],
    ['a language', () => ['', { languages: ['l7'] }]],
    ['a domain', () => ['', { domains: ['d7'] }]],
    ['a hashtag', () => ['', { hashtags: [word] }]],
    ['a week', () => ['', { startsAfter: new Date('2026-02-01'), startsBefore: new Date('2026-02-08') }]],
    ['a circle', () => ['', { near: { latitude: 52.5, longitude: 13.4, radiusKm: 50 } }]],
  ];

  it.each(cases)('%s is looked up in indexes, its facets too', async (_name, ask) => {
    for (const viewer of [null, aViewer()]) {
      const question = await questionOf(...ask(), viewer);
      const page = parsePage({ first: 20 }, hitOrder);
      const statements = [
        hitsStatement(question, page, null),
        countStatement(question),
        facetsStatement(question, ['TYPE', 'COUNTRY', 'CITY', 'DOMAIN', 'LANGUAGE']),
      ];
      for (const statement of statements) expect(await planOf(statement)).not.toContain('Seq Scan');
    }
  });

  it('a list of everything comes off the index by age, without a sort, wherever it goes on', async () => {
    const question = await questionOf('', {}, aViewer());
    const page = parsePage({ first: 20 }, hitOrder);
    const [hit] = await search.db.$queryRaw<{ kind: string; entityKey: string }[]>`
      SELECT kind, entity_key AS "entityKey" FROM documents ORDER BY entity_key OFFSET 10000 LIMIT 1`;
    const position = decodeCursor(
      encodeCursor({ score: 0, ...hit }, hitOrder),
      hitOrder,
    ) as unknown as HitPosition;
    for (const from of [null, position]) {
      const plan = await planOf(hitsStatement(question, page, from));
      expect(plan).not.toContain('Seq Scan');
      expect(plan).not.toContain('Sort');
    }
  });

  it('takes two statements a page, and one more for each count that is asked for', async () => {
    const countOf = async (fields: string) => {
      const before = search.statements.length;
      const answer = await search.anonymous.execute(
        `query ($q: String!) { search(query: $q, first: 50, facets: [TYPE, CITY]) { ${fields} } }`,
        { q: `${word} or something` },
      );
      expect(answer.errors).toEqual([]);
      return search.statements.length - before;
    };
    expect(await countOf('nodes { __typename }')).toBe(2);
    expect(await countOf('edges { highlight { text } }')).toBe(3);
    expect(await countOf('nodes { __typename } totalCount facets { buckets { count } }')).toBe(4);
  });
});
