import { Prisma, type Db } from '../database.js';
import { allConfigurations } from '../languages.js';
import { isLongEnoughToResemble, longestSimilarWord, swapsOf, type Wish } from './rules.js';

/** The words of a query as one or more text search configurations read them, in PostgreSQL's own notation. */
interface Form {
  readonly query: string;
  readonly configurations: readonly string[];
}

/** A wish as the index can be asked for it. */
export type Reading =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'words';
      /** Each document is asked in the form of its own language. */
      readonly forms: readonly Form[];
      /** The plain words, for documents of any language; null when it would find what another form leaves out. */
      readonly plain: string | null;
      readonly completion: string | null;
      /** All words, folded, and those of them that must be met. */
      readonly similar: {
        readonly words: readonly string[];
        readonly required: readonly SimilarWord[];
      } | null;
    };

interface SimilarWord {
  readonly word: string;
  /** The same with two letters swapped, any of the ways. */
  readonly swapped: string | null;
}

interface Row {
  readonly forms: readonly Form[] | null;
  readonly plain: string | null;
  readonly completion: string | null;
  readonly similar: readonly SimilarWord[] | null;
}

/** Lets PostgreSQL read a query in every language; null when there is nothing in it to look for. */
export async function readQuery(db: Db, wish: Wish): Promise<Reading | null> {
  if (wish.kind === 'everything') return { kind: 'everything' };
  if (wish.kind === 'nothing') return null;
  const [row] = await db.$queryRaw<Row[]>(readingStatement(wish));
  const forms = row?.forms ?? [];
  // What leaves words out is asked exactly as it is written: no other language, beginning or spelling may bring them in.
  const excludes = forms.some(({ query }) => query.includes('!'));
  const similar = row?.similar ?? [];
  const required = similar.filter(({ word }) => isLongEnoughToResemble(word));
  const reading: Reading = {
    kind: 'words',
    forms,
    plain: excludes ? null : (row?.plain ?? null),
    completion: excludes ? null : (row?.completion ?? null),
    similar: excludes || required.length === 0 ? null : { words: similar.map(({ word }) => word), required },
  };
  return forms.length > 0 || reading.completion || reading.similar ? reading : null;
}

/** `querytree` says what of a query an index can look up: '' and 'T' stand for nothing, as of stop words and exclusions. */
function readingStatement({ text, completion, similar }: Wish & { kind: 'words' }): Prisma.Sql {
  const { before = '', beginning = '' } = completion ?? {};
  return Prisma.sql`
    SELECT
      (SELECT json_agg(json_build_object('query', query, 'configurations', configurations) ORDER BY query)
        FROM (
          SELECT read::text AS query, array_agg(configuration ORDER BY configuration) AS configurations
          FROM (
            SELECT configuration, websearch_to_tsquery(configuration::regconfig, ${text}) AS read
            FROM unnest(${[...allConfigurations]}::text[]) AS configuration
          ) AS readings
          WHERE querytree(read) NOT IN ('', 'T')
          GROUP BY read::text
        ) AS forms
      ) AS forms,
      (SELECT read::text FROM websearch_to_tsquery('search_simple', ${text}) AS read
        WHERE querytree(read) NOT IN ('', 'T')) AS plain,
      (SELECT (websearch_to_tsquery('search_simple', ${before}) && beginning)::text
        FROM to_tsquery('search_simple', ${beginning === '' ? '' : `${beginning}:*`}) AS beginning
        WHERE numnode(beginning) > 0) AS completion,
      (SELECT json_agg(
          json_build_object('word', left(search_fold(word), ${longestSimilarWord}::int), 'swapped', nullif(to_tsquery('search_simple', swaps)::text, ''))
          ORDER BY place)
        FROM unnest(${[...similar]}::text[], ${similar.map((word) => swapsOf(word).join(' | '))}::text[])
          WITH ORDINALITY AS written (word, swaps, place)) AS "similar"`;
}
