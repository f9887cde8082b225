import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isOutage } from '@diaspora/kit';
import { startPostgres, type EmbeddedPostgres } from '@diaspora/kit/embedded';
import { givenUsers } from './testing/given.js';

describe('while PostgreSQL is away', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'diaspora-outage-'));
    postgres = await startPostgres({ dataDir: folder, port: 0, durable: false });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('answers UNAVAILABLE, to what was under way and to what comes', async () => {
    const users = await givenUsers({ databaseUrl: postgres.url });
    const underWay = users.db.$queryRaw`SELECT pg_sleep(30)`.catch((error: Error) => error);
    // A connection that is still being made is ended without a word of why.
    const isUnderWay = async () =>
      (
        await users.db.$queryRaw<unknown[]>`SELECT 1 FROM pg_stat_activity
        WHERE state = 'active' AND query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()`
      ).length > 0;
    while (!(await isUnderWay()));
    await postgres.stop();
    expect(isOutage(await underWay)).toBe(true);
    const person = users.client.as(null);
    const answer = await person.execute('{ offices(countryCode: "DE", first: 1) { nodes { id } } }');
    expect(answer.codes).toEqual(['UNAVAILABLE']);
    const login =
      'mutation { login(input: { email: "a@b.example", password: "x" }) { userErrors { code } } }';
    expect((await person.execute(login)).codes).toEqual(['UNAVAILABLE']);
    await users.stop();
  });
});
