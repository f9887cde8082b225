import type { DataModel } from './data-model.js';
import { diffToModel } from './schema-engine.js';
import { withClient } from './sql.js';

/**
 * SQL that brings the database behind `ownerUrl` to what the data model says; empty when they agree. Indexes that a
 * Prisma schema cannot express are left alone: migrations make them by hand, and Prisma would drop some of them.
 */
export async function planMigration(ownerUrl: string, model: DataModel): Promise<string> {
  const sql = await diffToModel(ownerUrl, model);
  const handmade = new Set(await findHandmadeIndexes(ownerUrl));
  const kept = sql.replace(
    /-- DropIndex\nDROP INDEX (?:"[^"]+"\.)?"([^"]+)";\n*/g,
    (statement, name: string) => (handmade.has(name) ? '' : statement),
  );
  return kept.trim() ? `${kept.trim()}\n` : '';
}

/** Partial, covering, by expression, NULLS NOT DISTINCT, GiST, or on a column of a type Prisma calls Unsupported. */
const HANDMADE = `
  SELECT index.relname AS name
  FROM pg_index i
  JOIN pg_class index ON index.oid = i.indexrelid
  JOIN pg_am method ON method.oid = index.relam
  WHERE index.relnamespace = 'public'::regnamespace AND (
    i.indpred IS NOT NULL OR i.indexprs IS NOT NULL OR i.indnullsnotdistinct OR i.indnkeyatts < i.indnatts
    OR method.amname = 'gist'
    OR EXISTS (
      SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        AND (t.typtype IN ('r', 'm') OR t.typname IN ('tsvector', 'tsquery', 'ltree', 'cube', 'earth', 'point'))
    )
  )`;

function findHandmadeIndexes(ownerUrl: string): Promise<string[]> {
  return withClient(ownerUrl, async (owner) => {
    return (await owner.query<{ name: string }>(HANDMADE)).rows.map(({ name }) => name);
  });
}
