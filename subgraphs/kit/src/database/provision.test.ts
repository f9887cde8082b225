import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provisionDatabase } from './provision.js';
import { databaseUrl, identifier, withClient } from './sql.js';

const adminUrl = process.env.TEST_POSTGRES_URL as string;
const suffix = randomBytes(4).toString('hex');
// A name that has to be quoted, and passwords that have to be escaped.
const names = [`one-"${suffix}`, `two_${suffix}`] as const;
const passwords = { ownerPassword: `o'"\\/@:${suffix}`, servicePassword: `s'$1%${suffix}` };

describe('provisionDatabase', () => {
  let one: { ownerUrl: string; serviceUrl: string };
  let two: { ownerUrl: string; serviceUrl: string };
  beforeAll(async () => {
    one = await provisionDatabase({ adminUrl, name: names[0], ...passwords });
    two = await provisionDatabase({ adminUrl, name: names[1], ...passwords });
  });
  afterAll(() =>
    withClient(adminUrl, async (admin) => {
      for (const name of names) {
        await admin.query(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
        for (const role of ['owner', 'service'])
          await admin.query(`DROP ROLE ${identifier(`${name}_${role}`)}`);
      }
    }),
  );

  it('gives the service rows of every table the owner makes, now and later', async () => {
    await withClient(one.ownerUrl, (owner) =>
      owner.query('CREATE TABLE thing (id int GENERATED ALWAYS AS IDENTITY, t text)'),
    );
    const rows = await withClient(one.serviceUrl, async (service) => {
      await service.query(`INSERT INTO thing (t) VALUES ('a'), ('b')`);
      await service.query(`DELETE FROM thing WHERE t = 'b'`);
      return (await service.query<{ t: string }>(`UPDATE thing SET t = 'c' RETURNING t`)).rows;
    });
    expect(rows).toEqual([{ t: 'c' }]);
  });

  it.each([
    ['make a table', 'CREATE TABLE own (id int)', /permission denied for schema public/],
    ['make a schema', 'CREATE SCHEMA own', /permission denied for database/],
    ['alter a table', 'ALTER TABLE thing ADD COLUMN x int', /must be owner/],
    ['empty a table at once', 'TRUNCATE thing', /permission denied for table/],
    ['bypass row-level security', 'ALTER ROLE CURRENT_USER BYPASSRLS', /permission denied/],
    ['become the owner', `SET ROLE ${identifier(`${names[0]}_owner`)}`, /permission denied to set role/],
  ])('does not let the service %s', async (_what, sql, message) => {
    await expect(withClient(one.serviceUrl, (service) => service.query(sql))).rejects.toThrow(message);
  });

  it("lets neither role into another subgraph's database", async () => {
    for (const url of [one.ownerUrl, one.serviceUrl]) {
      const foreign = databaseUrl(url, { database: names[1] });
      await expect(withClient(foreign, (client) => client.query('SELECT 1'))).rejects.toThrow(
        'permission denied',
      );
    }
    expect(two.ownerUrl).toContain(names[1]);
  });

  it('may be repeated and changes passwords', async () => {
    const again = await provisionDatabase({ adminUrl, name: names[0], ...passwords, servicePassword: 'new' });
    const rows = await withClient(
      again.serviceUrl,
      async (client) => (await client.query<{ t: string }>('SELECT t FROM thing')).rows,
    );
    expect(rows).toEqual([{ t: 'c' }]);
    await expect(withClient(one.serviceUrl, (client) => client.query('SELECT 1'))).rejects.toThrow(
      'password',
    );
  });

  it('may run twice at once', async () => {
    const run = () => provisionDatabase({ adminUrl, name: names[1], ...passwords });
    await expect(Promise.all([run(), run(), run()])).resolves.toHaveLength(3);
  });
});
