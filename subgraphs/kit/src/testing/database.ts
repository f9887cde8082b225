import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { migrate } from '../database/migrations.js';
import { provisionDatabase, restrictConnections } from '../database/provision.js';
import { databaseUrl, identifier, withClient } from '../database/sql.js';

export type TestDatabase = {
  /** As the running service logs in. */
  url: string;
  /** As migrations log in. */
  ownerUrl: string;
  /** The superuser, in this database. */
  adminUrl: string;
  /** Removes it, whoever is connected. */
  drop(): Promise<void>;
};

/** Any number: one process builds a template, the others wait. */
const TEMPLATE_LOCK = 0x0d1a5902;
const PASSWORD = 'test';

/**
 * A database of its own for a test file: a clone of the migrated template of subgraph `name` (built by the first call
 * of a test run), with the same two roles. `kit`, and every name without a folder in prisma/, has the library tables
 * only.
 */
export async function createTestDatabase(name: string): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server)
    throw new Error('TEST_POSTGRES_URL is not set: run tests through jest, whose global setup sets it.');
  const database = `${name}_${process.pid}_${randomBytes(4).toString('hex')}`;
  const roles = { owner: `${name}_owner`, service: `${name}_service` };
  await withClient(server, async (admin) => {
    const template = await ensureTemplate(admin, server, name);
    await admin.query(
      `CREATE DATABASE ${identifier(database)} TEMPLATE ${identifier(template)}
       OWNER ${identifier(roles.owner)} STRATEGY FILE_COPY`,
    );
    await restrictConnections(admin, database, roles);
  });
  return {
    url: databaseUrl(server, { database, user: roles.service, password: PASSWORD }),
    ownerUrl: databaseUrl(server, { database, user: roles.owner, password: PASSWORD }),
    adminUrl: databaseUrl(server, { database }),
    drop: () =>
      withClient(server, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${identifier(database)} WITH (FORCE)`);
      }),
  };
}

async function ensureTemplate(admin: Client, server: string, name: string): Promise<string> {
  const template = `${name}_template`;
  const state = async () => {
    const sql = 'SELECT datistemplate AS ready FROM pg_database WHERE datname = $1';
    return (await admin.query<{ ready: boolean }>(sql, [template])).rows[0];
  };
  if ((await state())?.ready) return template;
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await state();
    if (found?.ready) return template;
    if (found) await admin.query(`DROP DATABASE ${identifier(template)} WITH (FORCE)`); // Its build was cut short.
    await buildTemplate(server, name, template);
    await admin.query(`ALTER DATABASE ${identifier(template)} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    return template;
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function buildTemplate(server: string, name: string, template: string): Promise<void> {
  const passwords = { ownerPassword: PASSWORD, servicePassword: PASSWORD };
  const urls = await provisionDatabase({ adminUrl: server, name, database: template, ...passwords });
  const folder = join(fileURLToPath(new URL('../../../../prisma/', import.meta.url)), name);
  await migrate({ ...urls, ...(existsSync(folder) && { modelPath: folder }) });
}
