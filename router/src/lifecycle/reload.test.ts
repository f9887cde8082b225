import { rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from '../testing/start-test-router.js';

let test: TestRouter;
beforeAll(async () => {
  test = await startTestRouter(process.env['TEST_REDIS_URL']!);
});
afterAll(() => test.stop());

const query = 'query Q($id: ID!) { event(id: $id) { title host { name } } }';
const ask = () => test.query(query, { variables: { id: '7' } });

const replaced = () =>
  new Promise<string>((resolve) => {
    const unsubscribe = test.router.onSupergraph((id) => {
      unsubscribe();
      resolve(id);
    });
  });

/** As deployments do it: a whole file takes the place of the old one. */
async function putSupergraph(sdl: string): Promise<void> {
  await writeFile(`${test.supergraphPath}.new`, sdl);
  await rename(`${test.supergraphPath}.new`, test.supergraphPath);
}

const withField = (name: string) =>
  test.supergraph.sdl.replace('leaky: String', `leaky: String\n  ${name}: String`);

describe('a new supergraph', () => {
  it('takes over ten times under load, and no request fails', async () => {
    let isRunning = true;
    let answered = 0;
    const client = async () => {
      while (isRunning) {
        const { status, data, errors } = await ask();
        expect({ status, data, errors }).toEqual({
          status: 200,
          data: { event: { title: 'title of 7', host: { name: 'name of host-of-7' } } },
          errors: undefined,
        });
        answered += 1;
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    const ids = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const next = replaced();
      await putSupergraph(`${test.supergraph.sdl}\n# round ${round}\n`);
      ids.add(await next);
    }
    isRunning = false;
    await clients;
    expect(ids.size).toBe(10);
    expect(answered).toBeGreaterThan(10);
  }, 300_000);

  it('is what the next request sees', async () => {
    expect((await test.query('{ __type(name: "Query") { fields { name } } }')).status).toBe(200);
    const next = replaced();
    await putSupergraph(withField('brandNew'));
    await next;
    const { data } = await test.query('{ __type(name: "Query") { fields { name } } }');
    expect(data.__type.fields).toContainEqual({ name: 'brandNew' });
  });

  it('that begins while a request is under way leaves that request its subgraphs', async () => {
    const answer = test.query('{ slow(ms: 300) }');
    await test.supergraph.slowBegun();
    const next = replaced();
    await putSupergraph(withField('evenNewer'));
    await next;
    expect(await answer).toMatchObject({ status: 200, data: { slow: 'done' } });
  });

  it.each([
    ['no GraphQL', 'type Query {'],
    ['no supergraph', 'type Query { a: Int }'],
    ['empty', ''],
  ])('that is %s is refused in one line, and the old one stays', async (_name, sdl) => {
    const before = test.logged.length;
    await writeFile(test.supergraphPath, sdl);
    expect(await test.router.reload()).toBe(false);
    const { status, data } = await ask();
    expect([status, data.event.title]).toEqual([200, 'title of 7']);
    const lines = test.logged.slice(before).filter(({ msg }) => String(msg).includes('not usable'));
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(String(lines[0]!['reason'])).not.toContain('\n');
  });

  it('whose file is gone is refused, and the old one stays', async () => {
    await rm(test.supergraphPath);
    expect(await test.router.reload()).toBe(false);
    expect((await ask()).status).toBe(200);
  });

  it('that is as the one in use changes nothing', async () => {
    let count = 0;
    const end = test.router.onSupergraph(() => (count += 1));
    await putSupergraph(withField('last'));
    expect(await test.router.reload()).toBe(true);
    expect(await test.router.reload()).toBe(true);
    end();
    expect(count).toBe(1);
  });
});
