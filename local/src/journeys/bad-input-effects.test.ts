import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, getNamedType, isInputObjectType } from 'graphql';
import { ask, faultsOf, userErrorsIn, type RawAnswer } from './nasty-answers.js';
import { targetsOf, type Target } from './nasty-operations.js';
import { actorOf, filled, goodVariables } from './nasty-samples.js';
import { changesBetween, startWatched, type State, type Watched } from './nasty-state.js';
import { forgeTokens, publishKey } from './nasty-tokens.js';
import { buildWorld, type Role, type World } from './nasty-world.js';

let running: Watched;
let world: World;
let mutations: Target[];
let key: Awaited<ReturnType<typeof publishKey>>;

beforeAll(async () => {
  running = await startWatched();
  key = await publishKey(running);
  world = await buildWorld(running);
  const sdl = await readFile(path.resolve(import.meta.dirname, '../../../schema/api.graphql'), 'utf8');
  mutations = targetsOf(buildSchema(sdl), world.objects).filter(({ kind }) => kind === 'mutation');
}, 120_000);
afterAll(() => running.stop());

const send = (token: string | undefined, query: string, variables: object = {}) =>
  ask(running.url, token, { query, variables });

interface Failure {
  readonly code?: unknown;
  readonly extensions?: { readonly code?: unknown; readonly reason?: unknown };
}

/** The codes of everything that an answer reports as failed. */
function failuresOf({ text }: RawAnswer): string[] {
  const { data, errors = [] } = JSON.parse(text) as { data?: unknown; errors?: Failure[] };
  return [
    ...errors.map(({ extensions }) => extensions?.code),
    ...userErrorsIn(data).map(({ code }) => code),
  ].map(String);
}

/** What changed since, messages and jobs included; cheap when nothing did. */
async function changesSince(before: State): Promise<string[]> {
  return changesBetween(before, await running.look()).length === 0
    ? []
    : changesBetween(before, await running.state());
}

const firstOf = (type: string, good: unknown): unknown[] => {
  if (type.startsWith('ID') && typeof good === 'string')
    return ['nonsense', `${good.slice(0, 4)}01h2xcejqtf2nbrexx3vqjhp41`];
  return (
    { String: ['', 'x'.repeat(30_000)], Int: [-1, 2_147_483_647], Float: [1e9] }[type.replace('!', '')] ?? [
      'no such',
      null,
    ]
  );
};

describe('a failing mutation', () => {
  it('with an invalid input changes nothing, whichever field is at fault', async () => {
    const [faults, failed] = [[] as string[], new Set<string>()];
    let before = await running.state();
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['users kit.outbox', 'payments public.payments']),
    );
    for (const target of mutations) {
      for (const { path: place, type } of target.leaves) {
        if (isInputObjectType(getNamedType(type))) continue;
        const good = await goodVariables(target, world);
        const usual = place.reduce<any>((value, name) => value?.[name], good);
        for (const value of firstOf(String(type), usual)) {
          const answer = await send(
            world.clients[actorOf(target)].token(),
            target.document,
            filled(good, place, value),
          );
          faults.push(...faultsOf(answer));
          const isFailure = failuresOf(answer).length > 0;
          const changes = isFailure ? await changesSince(before) : [];
          if (isFailure) failed.add(target.field.name);
          if (changes.length > 0)
            faults.push(
              `${target.label} ${place.join('.')} = ${String(value).slice(0, 20)}: ${changes.join()}`,
            );
          if (!isFailure || changes.length > 0) before = await running.state();
        }
      }
    }
    expect(faults).toEqual([]);
    expect([...failed].sort()).toEqual(mutations.map(({ field }) => field.name).sort());
  }, 240_000);

  const open = ['login', 'refreshSession', 'register', 'resendVerification', 'verifyEmail'];

  it('of a visitor is refused and changes nothing', async () => {
    const before = await running.state();
    const closed = mutations.filter(({ field }) => !open.includes(field.name));
    for (const target of closed) {
      const answer = await send(undefined, target.document, await goodVariables(target, world));
      expect([target.label, failuresOf(answer)]).toEqual([target.label, ['UNAUTHENTICATED']]);
    }
    const { text } = await send(undefined, 'mutation { logout { isSignedOut } }');
    expect(text).toContain('UNAUTHENTICATED');
    expect(await changesSince(before)).toEqual([]);
  }, 60_000);

  const strangers: Readonly<Record<string, Role>> = {
    appointAmbassador: 'ambassador',
    appointConsul: 'member',
    endOffice: 'member',
    createEvent: 'member',
    updateEvent: 'member',
    publishEvent: 'member',
    cancelEvent: 'member',
    deleteComment: 'root',
    editPost: 'ambassador',
    deletePost: 'ambassador',
    completeUpload: 'ambassador',
    sendMessage: 'ambassador',
    markConversationRead: 'ambassador',
    cancelRegistration: 'ambassador',
    cancelSubscription: 'ambassador',
  };

  it.each(Object.entries(strangers))(
    '%s of somebody without the right to it (%s) changes nothing',
    async (name, role) => {
      const target = mutations.find(({ field }) => field.name === name)!;
      const before = await running.state();
      const answer = await send(
        world.clients[role].token(),
        target.document,
        await goodVariables(target, world),
      );
      const codes = failuresOf(answer);
      expect(codes).toHaveLength(1);
      expect(['FORBIDDEN', 'NOT_FOUND']).toContain(codes[0]);
      expect(await changesSince(before)).toEqual([]);
    },
  );
});

describe('a token', () => {
  const query = '{ me { id } }';
  const mutation = `mutation { createPost(input: { idempotencyKey: "forged", text: "Forged", language: "en" }) { post { id } } }`;

  it('that is not good ends at 401 with its reason, for a query as for a mutation, and has no effect', async () => {
    const { good, refused } = await forgeTokens(running, world, key);
    expect((await send(good, query)).text).toContain(world.objects['User']);
    const before = await running.state();
    for (const [name, reason, token] of refused) {
      for (const operation of [query, mutation]) {
        const { status, text } = await send(token, operation);
        const { data, errors } = JSON.parse(text) as { data?: unknown; errors: Failure[] };
        const answer = { name, status, data, extensions: errors[0]?.extensions };
        const extensions = { code: 'UNAUTHENTICATED', reason };
        expect(answer).toEqual({ name, status: 401, data: undefined, extensions });
      }
    }
    const { text } = await send(undefined, mutation);
    expect(failuresOf({ status: 200, text })).toEqual(['UNAUTHENTICATED']);
    expect(await changesSince(before)).toEqual([]);
  }, 60_000);
});

/** Table of the owner that gains one row; and what makes it another command. */
const effects: Readonly<Record<string, readonly [table: string, field: string, other: unknown]>> = {
  addComment: ['content public.comments', 'text', 'Other words'],
  appointAmbassador: ['users public.offices', 'countryCode', 'IT'],
  appointConsul: ['users public.offices', 'city', 'Elsewhere'],
  createEvent: ['events public.events', 'title', 'Another title'],
  createPost: ['content public.posts', 'text', 'Other words'],
  registerForEvent: ['events public.registrations', 'eventId', 'SpareEvent'],
  requestUpload: ['content public.media', 'sizeBytes', 1_001],
  sendMessage: ['messaging public.messages', 'text', 'Other words'],
  subscribe: ['payments public.subscriptions', 'planCode', 'PREMIUM_YEARLY'],
};

describe('a command with a key that is sent ten times at once', () => {
  const keyed = () =>
    mutations.filter(({ leaves }) =>
      leaves.some(({ path: place }) => /^(idempotencyKey|clientMessageId)$/.test(place[1] ?? '')),
    );

  it('is each of these', () => {
    expect(keyed().map(({ field }) => field.name)).toEqual(Object.keys(effects));
  });

  it.each(Object.entries(effects))(
    '%s has one effect, equal answers, and with another body a CONFLICT',
    async (name, [table, field, other]) => {
      const target = mutations.find(({ field }) => field.name === name)!;
      const variables = await goodVariables(target, world);
      if (name === 'appointAmbassador')
        variables['input'] = { ...(variables['input'] as object), countryCode: 'FR' };
      const token = world.clients[name === 'registerForEvent' ? 'root' : actorOf(target)].token();
      const before = await running.state();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => send(token, target.document, variables)),
      );
      expect(answers.map(failuresOf)).toEqual(answers.map(() => []));
      // The form of an upload is signed anew, and a payment may arrive between two answers.
      const isSteady = !['requestUpload', 'subscribe'].includes(name);
      const said = answers.map(({ text }) => (isSteady ? text : /"id":"[^"]+"/.exec(text)?.[0]));
      expect(new Set(said).size).toBe(1);
      const after = await running.state();
      expect(after[table]!.rows - before[table]!.rows).toBe(1);
      const grown = Object.keys(after).filter(
        // A provider reports one payment by several events.
        (key) =>
          / public\.(?!provider_events|sandbox_events)/.test(key) && after[key]!.rows - before[key]!.rows > 1,
      );
      expect(grown).toEqual([]);
      const value = other === 'SpareEvent' ? world.objects[other] : other;
      const changed = await send(token, target.document, filled(variables, ['input', field], value));
      expect(failuresOf(changed)).toEqual(['CONFLICT']);
      expect(await changesSince(after)).toEqual([]);
    },
    60_000,
  );
});
