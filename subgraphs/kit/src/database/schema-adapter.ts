import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';

/** Object ids of PostgreSQL's internal one-letter type "char" and of `text`. */
const CHAR = 18;
const TEXT = 25;

/**
 * adapter-pg 7.10 with two things mended that migrations need. It cuts a script at every semicolon, also inside
 * function bodies, and sends the pieces one by one, so that a failing script stays half applied: here it goes as one
 * simple query, which PostgreSQL runs as one transaction. And it does not know the type "char", which the engine's
 * catalogue queries answer with.
 */
export function createSchemaAdapter(pool: pg.Pool): {
  factory: SqlMigrationAwareDriverAdapterFactory;
  /** What PostgreSQL said to the script that failed; the engine itself knows only that one did. */
  scriptError(): Error | undefined;
} {
  let scriptError: Error | undefined;
  const letterColumns = readLettersAsText(pool);
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const column of letterColumns(query.sql)) result.columnTypes[column] = ColumnTypeEnum.Character;
      return result;
    };
    adapter.executeScript = async (script) => {
      try {
        await pool.query(script);
      } catch (error) {
        scriptError = describeScriptError(error as pg.DatabaseError, script);
        throw scriptError;
      }
    };
    return adapter;
  };
  return { factory, scriptError: () => scriptError };
}

/** Lets the adapter take "char" for text, and tells which columns of a statement those were. */
function readLettersAsText(pool: pg.Pool): (sql: string) => number[] {
  const columns = new Map<string, number[]>();
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryArrayResult>;
  const mended = async (...args: unknown[]) => {
    const result = await query(...args);
    const { text } = args[0] as { text?: string };
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== CHAR || text === undefined) continue;
      field.dataTypeID = TEXT;
      columns.set(text, [...(columns.get(text) ?? []).filter((known) => known !== index), index]);
    }
    return result;
  };
  pool.query = mended as typeof pool.query;
  return (sql) => columns.get(sql) ?? [];
}

function describeScriptError(error: pg.DatabaseError, script: string): Error {
  const line = error.position ? script.slice(0, Number(error.position)).split('\n').length : undefined;
  const parts = [error.message, error.detail, error.hint].filter(Boolean).join('; ');
  return new Error(line ? `${parts} (line ${line})` : parts, { cause: error });
}
