import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger, run } from 'graphile-worker';
import type { TestDatabase } from '../testing/database.js';
import { createTestDatabase } from '../testing/database.js';
import { readDataModel, type DataModel } from './data-model.js';
import { migrate } from './migrations.js';
import { planMigration } from './plan-migration.js';
import { createPool } from './pool.js';
import { withClient } from './sql.js';

const THINGS = `
model Thing {
  id   String @id @db.Uuid
  name String @db.Citext
  text Unsupported("tsvector")?
  @@map("things")
}
`;
const MODEL: DataModel = [
  ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'],
  ['things.prisma', THINGS],
];
const FIRST = `
CREATE TABLE things (id uuid NOT NULL, name citext NOT NULL, text tsvector, CONSTRAINT things_pkey PRIMARY KEY (id));
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER shout BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION shout();
CREATE INDEX things_lower ON things (lower(name::text));
CREATE UNIQUE INDEX things_long ON things (name) WHERE length(name::text) > 10;
CREATE INDEX things_text ON things USING gin (text);
ALTER TABLE things ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_things ON things USING (true);
`;

let database: TestDatabase;
let folder: string;
let options: Parameters<typeof migrate>[0];

async function writeMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, 'migrations', name), { recursive: true });
  await writeFile(join(folder, 'migrations', name, 'migration.sql'), sql);
}

async function history(): Promise<unknown[]> {
  return withClient(database.ownerUrl, async (owner) => {
    const sql = `SELECT migration_name AS name, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS undone
                 FROM _prisma_migrations ORDER BY started_at`;
    return (await owner.query<Record<string, unknown>>(sql)).rows;
  });
}

beforeEach(async () => {
  database = await createTestDatabase('kit');
  folder = await mkdtemp(join(tmpdir(), 'diaspora-migrations-'));
  options = { ownerUrl: database.ownerUrl, serviceUrl: database.url, modelPath: folder };
  for (const [name, text] of MODEL) await writeFile(join(folder, name), text);
  await writeMigration('20260101000000_first', FIRST);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

describe('migrate', () => {
  it('applies the migrations once, function bodies and all', async () => {
    expect(await migrate(options)).toEqual({ applied: ['20260101000000_first'] });
    expect(await migrate(options)).toEqual({ applied: [] });
    const rows = await withClient(database.url, async (service) => {
      const sql = `INSERT INTO things (id, name) VALUES (gen_random_uuid(), 'quiet') RETURNING name`;
      return (await service.query<{ name: string }>(sql)).rows;
    });
    expect(rows).toEqual([{ name: 'QUIET' }]);
  });

  it('does the work once when several processes start together', async () => {
    const results = await Promise.all([migrate(options), migrate(options), migrate(options)]);
    expect(results.flatMap(({ applied }) => applied)).toEqual(['20260101000000_first']);
  });

  it('leaves nothing of a migration that fails, names it, and takes it up again once mended', async () => {
    await writeMigration(
      '20260102000000_second',
      'CREATE TABLE half (id int);\n\nINSERT INTO nowhere VALUES (1);',
    );
    await expect(migrate(options)).rejects.toThrow(
      'Migration 20260102000000_second failed: relation "nowhere" does not exist (line 3)',
    );
    await withClient(database.ownerUrl, async (owner) => {
      expect((await owner.query(`SELECT to_regclass('half') AS half`)).rows).toEqual([{ half: null }]);
    });
    await writeMigration('20260102000000_second', 'CREATE TABLE half (id int);');
    expect(await migrate(options)).toEqual({ applied: ['20260102000000_second'] });
    expect(await history()).toEqual([
      { name: '20260101000000_first', finished: true, undone: false },
      { name: '20260102000000_second', finished: false, undone: true },
      { name: '20260102000000_second', finished: true, undone: false },
    ]);
  });

  it('warns of a migration that was edited after it was applied', async () => {
    await migrate(options);
    await writeMigration('20260101000000_first', `${FIRST}-- edited`);
    const lines: string[] = [];
    await migrate({ ...options, onProgress: (line) => lines.push(line) });
    expect(lines).toEqual(['warning: migration 20260101000000_first was edited after it was applied here']);
  });

  it('does not let the service change the history', async () => {
    await migrate(options);
    const change = withClient(database.url, (service) => service.query('DELETE FROM _prisma_migrations'));
    await expect(change).rejects.toThrow('permission denied');
  });

  it('gives the service background work that runs', async () => {
    const pool = createPool({ url: database.url });
    let arrived: (payload: unknown) => void = () => {};
    const arrival = new Promise((done) => (arrived = done));
    const taskList = { greet: async (payload: unknown) => arrived(payload) };
    const runner = await run({
      pgPool: pool,
      taskList,
      noHandleSignals: true,
      logger: new Logger(() => () => {}),
    });
    await pool.query(`SELECT graphile_worker.add_job('greet', '{"to":"you"}')`);
    expect(await arrival).toEqual({ to: 'you' });
    await runner.stop();
    const { rows } = await pool.query(`SELECT has_database_privilege(current_database(), 'CREATE') AS open`);
    expect(rows).toEqual([{ open: false }]);
    await pool.end();
  });

  it('makes the library tables for the service to use', async () => {
    const heard = await withClient(database.url, async (service) => {
      await service.query('LISTEN kit_outbox');
      const notified = new Promise((done) => service.once('notification', ({ channel }) => done(channel)));
      await service.query(
        `INSERT INTO kit.outbox (id, type, key, envelope) VALUES (gen_random_uuid(), 't', 'k', '{}')`,
      );
      return notified;
    });
    expect(heard).toBe('kit_outbox');
  });
});

describe('planMigration', () => {
  it('finds nothing to do where only things differ that a Prisma schema cannot say', async () => {
    await migrate(options);
    expect(await planMigration(database.ownerUrl, await readDataModel(folder))).toBe('');
  });

  it('plans what a file of the model has more', async () => {
    await migrate(options);
    await writeFile(join(folder, 'things.prisma'), THINGS.replace('  @@map', '  size Int?\n  @@map'));
    expect(await planMigration(database.ownerUrl, await readDataModel(folder))).toBe(
      '-- AlterTable\nALTER TABLE "things" ADD COLUMN     "size" INTEGER;\n',
    );
  });
});
