import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Client } from 'pg';
import { readDataModel, readMigrations, type Migration } from './data-model.js';
import { applyLibrarySchema } from './library-schema.js';
import { identifier, roleOf, withClient } from './sql.js';
import { migrateWorker } from './worker-schema.js';

export type MigrateOptions = {
  /** The role that owns the database (see provisionDatabase). */
  ownerUrl: string;
  /** The role the service logs in as; it owns graphile-worker's schema. */
  serviceUrl: string;
  /** Folder of the data model (`*.prisma`) and its `migrations/`; absent where there are only library tables. */
  modelPath?: string;
  onProgress?: (line: string) => void;
};

/** Any number: the second process that migrates one database waits for the first. */
const MIGRATION_LOCK = 0x0d1a5901;

/**
 * Brings a database up to date: kit's tables, graphile-worker's, then the domain's migrations. Safe to run at every
 * start and from several processes at once; with nothing to do it takes some ten milliseconds. A migration that fails
 * is rolled back as a whole, named in the error, and tried again by the next call.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const { ownerUrl, serviceUrl, onProgress = () => {} } = options;
  return withClient(ownerUrl, async (owner) => {
    await owner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const steps = await applyLibrarySchema(owner);
    if (steps > 0) onProgress('library tables created');
    if (await migrateWorker(owner, serviceUrl)) onProgress('background work tables created');
    const applied = await migrateDomain(owner, options);
    for (const name of applied) onProgress(`migration ${name} applied`);
    return { applied };
  });
}

async function migrateDomain(owner: Client, options: MigrateOptions): Promise<string[]> {
  const { ownerUrl, serviceUrl, modelPath, onProgress = () => {} } = options;
  if (!modelPath) return [];
  const folder = join(modelPath, 'migrations');
  const migrations = await readMigrations(folder);
  const recorded = await readRecorded(owner);
  const missing = migrations.filter(({ name }) => !recorded.has(name));
  for (const { name, sql } of migrations) {
    const edited = recorded.has(name) && recorded.get(name) !== checksum(sql);
    if (edited) onProgress(`warning: migration ${name} was edited after it was applied here`);
  }
  if (missing.length === 0) return [];
  const { applyMigrations } = await import('./schema-engine.js');
  try {
    return await applyMigrations(ownerUrl, await readDataModel(modelPath), migrationList(folder, migrations));
  } catch (error) {
    throw await failure(owner, error);
  } finally {
    await protectHistory(owner, roleOf(serviceUrl));
  }
}

const HISTORY = 'public._prisma_migrations';

async function hasHistory(owner: Client): Promise<boolean> {
  const { rows } = await owner.query<{ known: boolean }>(`SELECT to_regclass($1) IS NOT NULL AS known`, [
    HISTORY,
  ]);
  return rows[0]?.known ?? false;
}

async function readRecorded(owner: Client): Promise<Map<string, string>> {
  if (!(await hasHistory(owner))) return new Map();
  const { rows } = await owner.query<{ migration_name: string; checksum: string }>(
    `SELECT migration_name, checksum FROM ${HISTORY} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

/** As Prisma computes it. */
function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

function migrationList(folder: string, migrations: Migration[]): MigrationList {
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/**
 * PostgreSQL runs a migration's file as one transaction, so a failed one left nothing behind: note that, else Prisma
 * would refuse to go on until somebody does so by hand.
 */
async function failure(owner: Client, error: unknown): Promise<Error> {
  const line = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
  if (!(await hasHistory(owner)))
    return new Error(`The migrations could not be applied: ${line}`, { cause: error });
  const { rows } = await owner.query<{ migration_name: string }>(
    `UPDATE ${HISTORY} SET rolled_back_at = now()
     WHERE finished_at IS NULL AND rolled_back_at IS NULL RETURNING migration_name`,
  );
  const name = rows[0]?.migration_name;
  return new Error(
    name ? `Migration ${name} failed: ${line}` : `The migrations could not be applied: ${line}`,
    {
      cause: error,
    },
  );
}

/** The service may see which migrations ran (health checks do), not change it. */
async function protectHistory(owner: Client, service: string): Promise<void> {
  if (!(await hasHistory(owner))) return;
  await owner.query(`REVOKE INSERT, UPDATE, DELETE ON ${HISTORY} FROM ${identifier(service)}`);
}
