import type { Page, Viewer } from '@diaspora/kit';
import { notBlocked } from '../blocks/index.js';
import { forViewer } from '../friendships/index.js';
import { Prisma } from '../database.js';
import type { DocumentKind } from '../__generated__/prisma/client.js';
import type { Reading } from './reading.js';
import {
  boxesAround,
  clearlySimilar,
  closing,
  earthRadiusKm,
  highlightOptions,
  less,
  opening,
  slipsIn,
  type Circle,
  type FacetName,
  type Filter,
} from './rules.js';

const { sql, join, empty } = Prisma;

/** Which documents a search is about. */
export interface Question {
  readonly reading: Reading;
  readonly types: readonly DocumentKind[];
  readonly filter: Filter;
  /** Visitors (null) are shown what is public only. */
  readonly viewer: Pick<Viewer, 'id' | 'kind' | 'roles'> | null;
}

export interface Hit {
  readonly kind: DocumentKind;
  readonly entityKey: string;
  /** In millionths: an integer compares exactly with itself in a cursor. */
  readonly score: number;
}

export type HitPosition = readonly [score: number, entityKey: string, kind: DocumentKind];

/** A page of hits, best first, of equals the newest (keys are UUIDv7). */
export function hitsStatement(question: Question, page: Page, position: HitPosition | null): Prisma.Sql {
  const { reading } = question;
  const direction = page.forward ? sql`DESC` : sql`ASC`;
  const beyond = page.forward ? sql`<` : sql`>`;
  // A list without words has no order by score, so that the index by age can give it.
  const keys = (score: Prisma.Sql[]) => [...score, sql`entity_key`, sql`kind`];
  const order = keys(reading.kind === 'words' ? [sql`score`] : []);
  const last = position && [sql`${position[1]}::uuid`, sql`${position[2]}::document_kind`];
  const start = last && (reading.kind === 'words' ? [sql`${position[0]}::int`, ...last] : last);
  return sql`
    SELECT kind, entity_key AS "entityKey", score
    FROM (SELECT kind, entity_key, ${scoreOf(reading)} AS score FROM documents WHERE ${matches(question)}) AS hits
    ${start ? sql`WHERE (${join(order)}) ${beyond} (${join(start)})` : empty}
    ORDER BY ${join(order.map((key) => sql`${key} ${direction}`))}
    LIMIT ${page.take}`;
}

export const countStatement = (question: Question): Prisma.Sql =>
  sql`SELECT count(*)::int AS count FROM documents WHERE ${matches(question)}`;

export interface FacetRow {
  readonly facet: FacetName;
  readonly value: string;
  readonly count: number;
}

/** A city is counted by its folded name and shown as one of its spellings. */
const facetValues: Readonly<Record<FacetName, { key: Prisma.Sql; shown: Prisma.Sql; from: Prisma.Sql }>> = {
  TYPE: { key: sql`kind`, shown: sql`kind::text`, from: sql`found` },
  COUNTRY: { key: sql`country_code`, shown: sql`country_code::text`, from: sql`found` },
  CITY: { key: sql`city_key`, shown: sql`min(city)`, from: sql`found` },
  DOMAIN: { key: sql`word`, shown: sql`word`, from: sql`found, unnest(domains) AS word` },
  LANGUAGE: { key: sql`word`, shown: sql`word`, from: sql`found, unnest(languages) AS word` },
};

export function facetsStatement(question: Question, facets: readonly FacetName[]): Prisma.Sql {
  const counts = facets.map((facet) => {
    const { key, shown, from } = facetValues[facet];
    return sql`(
      SELECT ${facet} AS facet, ${shown} AS value, count(*)::int AS count FROM ${from}
      WHERE ${key} IS NOT NULL GROUP BY ${key} ORDER BY count DESC, value LIMIT 50)`;
  });
  return sql`
    WITH found AS MATERIALIZED (
      SELECT kind, country_code, city, city_key, domains, languages FROM documents WHERE ${matches(question)})
    ${join(counts, ' UNION ALL ')}`;
}

/** The best place of each hit's text, null when no text can have one. A headline far down is not looked for. */
export function headlinesStatement(reading: Reading, hits: readonly Hit[]): Prisma.Sql | null {
  if (reading.kind === 'everything' || hits.length === 0) return null;
  const form = anyForm(reading);
  if (!form) return null;
  const text = sql`translate(left(body, 10000), ${`<${opening}${closing}${less}`}, ${less})`;
  return sql`
    SELECT kind, entity_key AS "entityKey",
      ts_headline(configuration::regconfig, ${text}, ${form}, ${highlightOptions}) AS headline
    FROM documents
    WHERE (kind, entity_key) IN (${join(hits.map(({ kind, entityKey }) => sql`(${kind}::document_kind, ${entityKey}::uuid)`))})`;
}

const query = (written: string) => sql`${written}::tsquery`;
const all = (conditions: readonly Prisma.Sql[]) => join([...conditions], ' AND ');
const some = (conditions: readonly Prisma.Sql[]) => sql`(${join([...conditions], ' OR ')})`;

function matches({ reading, types, filter, viewer }: Question): Prisma.Sql {
  return all([
    sql`NOT is_deleted`,
    ...(viewer?.kind === 'person' ? [notBlocked(viewer), forViewer(viewer)] : [sql`visibility = 'PUBLIC'`]),
    ...(types.length > 0 ? [sql`kind = ANY (${[...types]}::document_kind[])`] : []),
    ...filterConditions(filter),
    ...(reading.kind === 'words' ? [some(wordConditions(reading).map(({ condition }) => condition))] : []),
  ]);
}

function filterConditions(filter: Filter): Prisma.Sql[] {
  const {
    countryCode,
    city,
    countryOfOrigin,
    languages,
    domains,
    startsAfter,
    startsBefore,
    hashtags,
    near,
  } = filter;
  return [
    countryCode && sql`country_code = ${countryCode}`,
    city && sql`city_key = ${city}`,
    countryOfOrigin && sql`country_of_origin = ${countryOfOrigin}`,
    languages && sql`languages && ${languages}::text[]`,
    domains && sql`domains && ${domains}::text[]`,
    hashtags && sql`tags && ${hashtags}::text[]`,
    startsAfter && sql`starts_at >= ${startsAfter}::timestamptz`,
    startsBefore && sql`starts_at < ${startsBefore}::timestamptz`,
    near && aroundPoint(near),
  ].filter((condition) => condition !== undefined && condition !== '');
}

/** The boxes are what the index knows; the circle lies inside them (haversine formula on a sphere). */
function aroundPoint(circle: Circle): Prisma.Sql {
  const { latitude, longitude, radiusKm } = circle;
  const boxes = boxesAround(circle).map(
    ({ west, south, east, north }) =>
      sql`point(longitude, latitude) <@ box(point(${west}::float8, ${south}::float8), point(${east}::float8, ${north}::float8))`,
  );
  const haversine = sql`
    sind((latitude - ${latitude}::float8) / 2) ^ 2
    + cosd(latitude) * cosd(${latitude}::float8) * sind((longitude - ${longitude}::float8) / 2) ^ 2`;
  return sql`(${some(boxes)} AND 2 * ${earthRadiusKm}::float8 * asin(sqrt(least(1, ${haversine}))) <= ${radiusKm}::float8)`;
}

interface WordCondition {
  readonly condition: Prisma.Sql;
  readonly score: Prisma.Sql;
}

/** The ways words can be met, best first: as written or inflected, as a beginning, in a similar spelling. */
function wordConditions(reading: Reading & { kind: 'words' }): WordCondition[] {
  const { forms, plain, completion, similar } = reading;
  const any = anyForm(reading);
  const rank = (written: Prisma.Sql) => sql`ts_rank('{0.1,0.2,0.4,1.0}', text_vector, ${written}, 32)`;
  const exact = [
    ...(plain ? [sql`text_vector @@ ${query(plain)}`] : []),
    ...forms.map(
      ({ query: form, configurations }) =>
        sql`(text_vector @@ ${query(form)} AND configuration = ANY (${[...configurations]}::text[]))`,
    ),
  ];
  return [
    ...(any && exact.length > 0 ? [{ condition: some(exact), score: sql`2 + ${rank(any)}` }] : []),
    ...(completion
      ? [{ condition: sql`text_vector @@ ${query(completion)}`, score: sql`1 + ${rank(query(completion))}` }]
      : []),
    ...(similar ? [similarSpelling(similar)] : []),
  ];
}

function similarSpelling({
  words,
  required,
}: NonNullable<(Reading & { kind: 'words' })['similar']>): WordCondition {
  // The index proposes by trigrams, of which one wrong letter breaks three; edit distance takes what they undervalue.
  const alike = (word: string) => sql`(terms %> ${word} AND (
    word_similarity(${word}, terms) >= ${clearlySimilar} OR EXISTS (
      SELECT FROM regexp_split_to_table(terms, '[^[:alnum:]]+') AS term
      WHERE octet_length(term) < 256 AND levenshtein_less_equal(term, ${word}, ${slipsIn(word)}) <= ${slipsIn(word)})))`;
  const met = (swapped: string) => sql`text_vector @@ ${query(swapped)}`;
  const likeness = words.map((word) => sql`word_similarity(${word}, terms)`);
  return {
    condition: sql`(${all(required.map(({ word, swapped }) => (swapped ? some([alike(word), met(swapped)]) : alike(word))))})`,
    score: sql`(${join(likeness, ' + ')}) / ${likeness.length}`,
  };
}

/** Any of the forms: for ranks and headlines of documents that were met already. */
function anyForm({ forms, plain, completion }: Reading & { kind: 'words' }): Prisma.Sql | null {
  const written = new Set([plain, completion, ...forms.map((form) => form.query)]);
  const queries = [...written].filter((form) => form !== null).map(query);
  return queries.length > 0 ? sql`(${join(queries, ' || ')})` : null;
}

function scoreOf(reading: Reading): Prisma.Sql {
  if (reading.kind === 'everything') return sql`0`;
  const cases = wordConditions(reading).map(({ condition, score }) => sql`WHEN ${condition} THEN ${score}`);
  return sql`round((1000000 * CASE ${join(cases, ' ')} END)::numeric)::int`;
}
