import {
  AppError,
  decodeCursor,
  encodeCursor,
  parseInput,
  parsePage,
  toConnection,
  type Connection,
  type ConnectionArgs,
  type SortKey,
  type Viewer,
} from '@diaspora/kit';
import type { DocumentKind } from '../__generated__/prisma/client.js';
import type { Db, Prisma } from '../database.js';
import { idsOfKind } from '../ids.js';
import type { NodeReference } from '../nodes/index.js';
import { readQuery, type Reading } from './reading.js';
import {
  faintlySimilar,
  piecesOf,
  readWish,
  searchInput,
  type FacetName,
  type HighlightPiece,
} from './rules.js';
import {
  countStatement,
  facetsStatement,
  headlinesStatement,
  hitsStatement,
  type FacetRow,
  type Hit,
  type HitPosition,
  type Question,
} from './statements.js';

export type Querying = ReturnType<typeof createQuerying>;

export type HitReference = NodeReference<'Event' | 'User' | 'Post'>;

interface HitEdge {
  readonly cursor: string;
  readonly node: HitReference;
  readonly score: number;
  highlight(): Promise<HighlightPiece[] | null>;
}

interface FacetCounts {
  readonly facet: FacetName;
  readonly buckets: { value: string; count: number }[];
}

/** What is counted or cut out is asked of the database only when somebody wants to know. */
export interface SearchPage extends Pick<Connection<Hit>, 'pageInfo'> {
  readonly edges: HitEdge[];
  readonly nodes: HitReference[];
  totalCount(): Promise<number>;
  facets(): Promise<FacetCounts[]>;
}

interface SearchArgs extends ConnectionArgs {
  readonly query: string;
  readonly types?: unknown;
  readonly filter?: unknown;
  readonly facets?: unknown;
}

export const hitOrder: readonly SortKey[] = [
  { field: 'score', direction: 'desc', type: 'number' },
  { field: 'entityKey', direction: 'desc', type: 'uuid' },
  { field: 'kind', direction: 'desc', type: 'string' },
];

export function createQuerying({ db }: { readonly db: Db }) {
  const ask = async <Row>(question: Question, statement: Prisma.Sql): Promise<Row[]> => {
    const { reading } = question;
    if (reading.kind === 'everything' || !reading.similar) return db.$queryRaw<Row[]>(statement);
    const [, rows] = await db.$transaction([similarityThreshold(db), db.$queryRaw<Row[]>(statement)]);
    return rows;
  };

  /** A page of what the viewer may find. Throws AppError INVALID_INPUT for unusable arguments. */
  async function search(viewer: Viewer | null, args: SearchArgs): Promise<SearchPage> {
    const { query, types, filter, facets } = parseInput(searchInput, args);
    const page = parsePage(args, hitOrder);
    const position = positionIn(page.forward ? args.after : args.before);
    const reading = await readQuery(db, readWish(query));
    if (!reading) return nothing(facets);
    const question: Question = { reading, types, filter, viewer };
    const hits = await ask<Hit>(question, hitsStatement(question, page, position));
    const found = toConnection(hits, page);
    const headlines = once(() => readHeadlines(db, reading, found.nodes));
    return {
      edges: found.nodes.map((hit) => ({
        cursor: encodeCursor(hit, hitOrder),
        node: toReference(hit),
        score: hit.score / 1_000_000,
        highlight: async () => (await headlines()).get(keyOf(hit)) ?? null,
      })),
      nodes: found.nodes.map(toReference),
      pageInfo: found.pageInfo,
      totalCount: async () =>
        (await ask<{ count: number }>(question, countStatement(question)))[0]?.count ?? 0,
      facets: async () =>
        facets.length === 0
          ? []
          : group(facets, await ask<FacetRow>(question, facetsStatement(question, facets))),
    };
  }

  return { search };
}

/** One swapped or wrong letter in a word of six: what resembles a word less than this is another word. */
const similarityThreshold = (db: Db) =>
  db.$queryRaw`SELECT set_config('pg_trgm.word_similarity_threshold', ${String(faintlySimilar)}, true)`;

const kinds: readonly string[] = Object.keys(idsOfKind);

function positionIn(cursor: string | null | undefined): HitPosition | null {
  if (cursor == null) return null;
  const [score, entityKey, kind] = decodeCursor(cursor, hitOrder);
  const isPosition =
    Number.isInteger(score) && Math.abs(score as number) < 2 ** 31 && kinds.includes(kind as string);
  if (!isPosition)
    throw new AppError('INVALID_INPUT', 'This cursor does not belong to this list.', { path: ['after'] });
  return [score as number, entityKey as string, kind as DocumentKind];
}

const nothing = (facets: readonly FacetName[]): SearchPage => ({
  edges: [],
  nodes: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  totalCount: async () => 0,
  facets: async () => group(facets, []),
});

const group = (facets: readonly FacetName[], rows: readonly FacetRow[]): FacetCounts[] =>
  facets.map((facet) => ({
    facet,
    buckets: rows.filter((row) => row.facet === facet).map(({ value, count }) => ({ value, count })),
  }));

const keyOf = ({ kind, entityKey }: Pick<Hit, 'kind' | 'entityKey'>) => `${kind} ${entityKey}`;

const toReference = ({ kind, entityKey }: Hit): HitReference => {
  const typename = ({ EVENT: 'Event', PERSON: 'User', POST: 'Post' } as const)[kind];
  return { __typename: typename, id: idsOfKind[kind].encode(entityKey) };
};

async function readHeadlines(
  db: Db,
  reading: Reading,
  hits: readonly Hit[],
): Promise<Map<string, HighlightPiece[] | null>> {
  const statement = headlinesStatement(reading, hits);
  const rows = statement ? await db.$queryRaw<(Hit & { headline: string })[]>(statement) : [];
  return new Map(rows.map((row) => [keyOf(row), piecesOf(row.headline)]));
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => (loaded ??= load());
}
