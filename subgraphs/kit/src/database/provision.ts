import type { Client } from 'pg';
import { databaseUrl, identifier, literal, withClient } from './sql.js';

export type ProvisionOptions = {
  /** URL of a role that may create databases and roles. */
  adminUrl: string;
  /** Prefix of the two roles, and the database's name unless `database` says otherwise. */
  name: string;
  database?: string;
  ownerPassword: string;
  servicePassword: string;
};

/** Extensions our migrations may use; making some of them needs more rights than an owner has. */
const EXTENSIONS = [
  ...['pg_trgm', 'unaccent', 'fuzzystrmatch', 'citext'],
  ...['btree_gin', 'btree_gist', 'cube', 'earthdistance', 'pgcrypto'],
];

/** Any number: whoever provisions on this server at the same time waits. */
const PROVISION_LOCK = 0x0d1a5900;

/**
 * Makes a subgraph's database and its two roles, or brings them up to date; safe to repeat.
 * `<name>_owner` owns the database and runs migrations; `<name>_service` is what the running service logs in as: it
 * reads and writes rows, makes and owns no domain table and cannot bypass row-level security.
 */
export async function provisionDatabase(
  options: ProvisionOptions,
): Promise<{ ownerUrl: string; serviceUrl: string }> {
  const { adminUrl, name, database = name, ownerPassword, servicePassword } = options;
  const roles = { owner: `${name}_owner`, service: `${name}_service` };
  await withClient(adminUrl, async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]);
    await ensureRole(admin, roles.owner, ownerPassword);
    await ensureRole(admin, roles.service, servicePassword);
    await ensureDatabase(admin, database, roles.owner);
    await restrictConnections(admin, database, roles);
    // Inside the lock: two sessions making the same default privileges at once fail.
    await withClient(databaseUrl(adminUrl, { database }), (inside) => prepareSchemas(inside, roles));
  });
  return {
    ownerUrl: databaseUrl(adminUrl, { database, user: roles.owner, password: ownerPassword }),
    serviceUrl: databaseUrl(adminUrl, { database, user: roles.service, password: servicePassword }),
  };
}

export type Roles = { owner: string; service: string };

async function ensureRole(admin: Client, role: string, password: string): Promise<void> {
  const known = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const options = `LOGIN NOCREATEDB NOCREATEROLE INHERIT PASSWORD ${literal(password)}`;
  await admin.query(`${known.rowCount ? 'ALTER' : 'CREATE'} ROLE ${identifier(role)} ${options}`);
}

async function ensureDatabase(admin: Client, database: string, owner: string): Promise<void> {
  const known = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  // An admin that is no superuser (managed servers) gives a database away only as a member of the new owner's role.
  const { rows } = await admin.query<{ rolsuper: boolean }>(
    'SELECT rolsuper FROM pg_roles WHERE rolname = current_user',
  );
  if (!rows[0]?.rolsuper) await admin.query(`GRANT ${identifier(owner)} TO CURRENT_USER`);
  if (known.rowCount)
    await admin.query(`ALTER DATABASE ${identifier(database)} OWNER TO ${identifier(owner)}`);
  else await admin.query(`CREATE DATABASE ${identifier(database)} OWNER ${identifier(owner)}`);
}

/** Who may connect. Not copied with a template database, so a clone needs it again. */
export async function restrictConnections(admin: Client, database: string, roles: Roles): Promise<void> {
  const target = `DATABASE ${identifier(database)}`;
  await admin.query(`REVOKE ALL ON ${target} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT, TEMPORARY ON ${target} TO ${identifier(roles.owner)}`);
  await admin.query(`GRANT CONNECT ON ${target} TO ${identifier(roles.service)}`);
}

async function prepareSchemas(inside: Client, roles: Roles): Promise<void> {
  const owner = identifier(roles.owner);
  const service = identifier(roles.service);
  for (const extension of EXTENSIONS)
    await inside.query(`CREATE EXTENSION IF NOT EXISTS ${identifier(extension)}`);
  await inside.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  await inside.query(`GRANT ALL ON SCHEMA public TO ${owner}`);
  await inside.query(`GRANT USAGE ON SCHEMA public TO ${service}`);
  const defaults = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT`;
  await inside.query(`${defaults} USAGE ON SCHEMAS TO ${service}`);
  await inside.query(`${defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${service}`);
  await inside.query(`${defaults} USAGE, SELECT ON SEQUENCES TO ${service}`);
}
