import { readFileSync } from 'node:fs';
import { createLogger } from '@diaspora/kit/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isObjectType, parse } from 'graphql';
import { compose } from '../../execution/testing/in-process.js';
import { readSupergraph } from '../../supergraph/supergraph.js';
import { createPlan } from '../create-plan.js';
import { startPlanning, type Planning, type PlanningOptions } from './planning.js';
import type { PlanningSettings } from './settings.js';
import { nastyOperation, nastySdl } from './testing/nasty.js';
import { planningProcesses } from './testing/planning-processes.js';

const ours = readFileSync(new URL('../../../../schema/supergraph.graphql', import.meta.url), 'utf8');
const read = (text: string) => parse(text, { noLocation: true });

let planning: Planning | undefined;
afterEach(() => planning?.stop());

const start = async (
  sdl: string,
  settings: Partial<PlanningSettings> = {},
  more: Partial<PlanningOptions> = {},
) => {
  planning = await startPlanning({
    sdl,
    settings: { PLAN_TIMEOUT_MS: 20_000, PLAN_MEMORY_MB: 512, PLAN_PROCESSES: 2, ...settings },
    log: createLogger({ name: 'test', level: 'silent' }),
    ...more,
  });
  return planning;
};

const tooComplex = { errors: [{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }] };

describe('planning in a process of its own', () => {
  it('tells what reading the supergraph here tells', async () => {
    expect((await start(ours)).facts).toEqual(readSupergraph(ours).facts);
  });

  it('makes the plans that are made here', async () => {
    const { plan } = await start(ours);
    const supergraph = readSupergraph(ours);
    const fields = Object.values(supergraph.apiSchema.getQueryType()!.getFields());
    const documents = fields
      .filter(({ args, type }) => args.length === 0 && isObjectType(type))
      .map(({ name }) => read(`{ ${name} { __typename } }`));
    const larger = read('query ($id: ID!) { event(id: $id) { id title ... on Event { __typename } } }');
    for (const document of [...documents.slice(0, 5), larger]) {
      expect(await plan(document, 'query')).toEqual(createPlan(supergraph, document, 'query'));
    }
  });

  it('refuses a supergraph that cannot be used in one line, and leaves no process behind', async () => {
    await expect(start('type Query { a: Int }')).rejects.toThrow(/^The supergraph cannot be used: .+$/);
    while ((await planningProcesses()) > 0);
  });

  it('tells what the planner throws, and goes on', async () => {
    const { plan } = await start(ours);
    await expect(plan(read('{ nothing }'), 'query')).rejects.toThrow('nothing');
    expect((await plan(read('{ __typename }'), 'query')).kind).toBe('query');
  });

  it('refuses what takes too long, while others are planned, and goes on', async () => {
    const { plan } = await start(nastySdl(), { PLAN_TIMEOUT_MS: 5_000 });
    // One that is held up for a moment has the second process started before anything is measured.
    await Promise.all([plan(read(nastyOperation(3)), 'query'), plan(read('{ first: ping }'), 'query')]);
    const settled: string[] = [];
    const nasty = plan(read(nastyOperation(6)), 'query').finally(() => settled.push('nasty'));
    const other = plan(read('{ ping }'), 'query').finally(() => settled.push('other'));
    expect((await other).fetches).toHaveLength(1);
    await expect(nasty).rejects.toMatchObject(tooComplex);
    expect(settled).toEqual(['other', 'nasty']);
    expect((await plan(read('{ again: ping }'), 'query')).fetches).toHaveLength(1);
  });

  it('refuses what has too many ways', async () => {
    const { plan } = await start(nastySdl());
    const deep = `{ one { ${'f0 f1 f2 next { '.repeat(6)} id ${'} '.repeat(6)} } }`;
    for (const many of [deep, nastyOperation(9)]) {
      await expect(plan(read(many), 'query')).rejects.toMatchObject(tooComplex);
    }
  });

  it('plans what has too many ways unless its interfaces are written out', async () => {
    const { plan } = await start(nastySdl());
    const { fetches } = await plan(read('{ one { f0 f1 f2 next { f0 f1 f2 } } }'), 'query');
    expect(fetches.length).toBeGreaterThan(1);
  });

  it('refuses what takes too much memory, and goes on', async () => {
    const { plan } = await start(hungrySdl(), { PLAN_MEMORY_MB: 64 });
    const hungry = read('{ authors { ... on Admin { title } } }');
    await expect(plan(hungry, 'query')).rejects.toMatchObject(tooComplex);
    expect((await plan(read('{ authors { id } }'), 'query')).fetches).toHaveLength(1);
  });

  it('has no process while there is nothing to plan', async () => {
    const { plan } = await start(ours, {}, { idleMs: 10 });
    while ((await planningProcesses()) > 0);
    expect((await plan(read('{ __schema { __typename } }'), 'query')).kind).toBe('query');
  });

  it('waits for a process to read the supergraph, however little time there is to plan', async () => {
    const { plan } = await start(ours, { PLAN_TIMEOUT_MS: 50 }, { idleMs: 10 });
    while ((await planningProcesses()) > 0);
    // A machine that is too busy to plan within that time says something else.
    const outcome = await plan(read('{ __typename }'), 'query').then(() => 'planned', String);
    expect(outcome).not.toMatch(/waiting to be planned/);
  });

  it('that is stopped refuses what waits, and leaves no process behind', async () => {
    const started = await start(nastySdl(), { PLAN_PROCESSES: 1 });
    const { plan } = started;
    const waiting = [plan(read(nastyOperation(6)), 'query'), plan(read('{ ping }'), 'query')];
    const refused = Promise.all(
      waiting.map((each) =>
        expect(each).rejects.toMatchObject({ status: 503, extensions: { code: 'UNAVAILABLE' } }),
      ),
    );
    expect(await planningProcesses()).toBe(1);
    await started.stop();
    expect(await planningProcesses()).toBe(0);
    await refused;
    await expect(plan(read('{ ping }'), 'query')).rejects.toMatchObject({ status: 503 });
  });
});

/** The planner walks around in the operation's fetches until memory is used up; execution words it otherwise. */
const hungrySdl = () =>
  compose({
    accounts: {
      typeDefs: `
        type Query { me: Admin }
        interface Account @key(fields: "id") { id: ID!  name: String }
        type Admin implements Account @key(fields: "id") { id: ID!  name: String }`,
    },
    posts: {
      typeDefs: `
        type Query { authors: [Account] }
        type Account @key(fields: "id") @interfaceObject { id: ID!  banned: Boolean }`,
    },
    ranks: {
      typeDefs: `
        type Account @key(fields: "id") @interfaceObject {
          id: ID!  name: String @external  title: String @requires(fields: "name")
        }`,
    },
  });
