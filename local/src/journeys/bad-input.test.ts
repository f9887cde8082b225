import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import type { Running } from './community.js';
import { ask, distortionOf, faultsOf, keptAt, userErrorsIn } from './nasty-answers.js';
import { nastyDocuments } from './nasty-documents.js';
import { targetsOf, type Target } from './nasty-operations.js';
import { actorOf, filled, goodVariables } from './nasty-samples.js';
import { emoji, nastyValues, rightToLeft, type Leaf } from './nasty-values.js';
import { buildWorld, roles, type Role, type World } from './nasty-world.js';
import { startInOneProcess } from './running.js';

interface Attempt {
  readonly target: Target;
  readonly role: Role;
  readonly fillings: readonly { readonly leaf: Leaf; readonly value: unknown }[];
}

const seed = 20_261_121;
/** How many of some ten thousand attempts one run makes. */
const sizes = { query: 500, mutation: 500, mixed: 200 };

let running: Running;
let world: World;
let targets: Target[];

beforeAll(async () => {
  running = await startInOneProcess();
  world = await buildWorld(running);
  const sdl = await readFile(path.resolve(import.meta.dirname, '../../../schema/api.graphql'), 'utf8');
  targets = mildFirst(targetsOf(buildSchema(sdl), world.objects));
}, 300_000);
afterAll(() => running.stop());

/** Operations that take objects away. */
const isHarsh = ({ field }: Target) => /^(cancel|close|delete|end|remove|revoke)/.test(field.name);

function mildFirst(all: readonly Target[]): Target[] {
  return [...all.filter((target) => !isHarsh(target)), ...all.filter(isHarsh)];
}

async function send({ target, role, fillings }: Attempt) {
  let variables = await goodVariables(target, world);
  for (const { leaf, value } of fillings) variables = filled(variables, leaf.path, value);
  const client = await world.client(role);
  return ask(running.url, client.token(), { query: target.document, variables });
}

async function faultsOfAttempt(attempt: Attempt): Promise<string[]> {
  const { target, role, fillings } = attempt;
  const answer = await send(attempt);
  const [only, more] = fillings;
  const distorted = only && !more ? distortionOf(answer, only.leaf.path, only.value) : undefined;
  const sent = fillings.map(
    ({ leaf, value }) => `${leaf.path.join('.')} = ${(JSON.stringify(value) ?? '').slice(0, 80)}`,
  );
  return [...faultsOf(answer), ...(distorted ? [distorted] : [])].map(
    (fault) => `${target.label} as ${role}, ${sent.join(', ')}: ${fault}`,
  );
}

/** Eight at a time, in order. */
async function faultsOfAll(attempts: readonly Attempt[]): Promise<string[]> {
  const left = attempts.values();
  const faults: string[] = [];
  const work = async () => {
    for (const attempt of left) faults.push(...(await faultsOfAttempt(attempt)));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return faults;
}

/** Each nasty value alone, in each place, by whoever gets furthest: a part of them, the same in each run. */
function someOf(kind: Target['kind']): Attempt[] {
  const all = targets
    .filter((target) => target.kind === kind)
    .flatMap((target) =>
      target.leaves.flatMap((leaf) =>
        valuesFor(target, leaf).map((value) => ({
          target,
          role: actorOf(target),
          fillings: [{ leaf, value }],
        })),
      ),
    );
  const size = { minLength: Math.min(sizes[kind], all.length), maxLength: Math.min(sizes[kind], all.length) };
  return fc.sample(fc.subarray(all, size), { seed, numRuns: 1 })[0]!;
}

/** Nothing that the other attempts need is taken away. */
function valuesFor(target: Target, leaf: Leaf): unknown[] {
  const needed = new Set(isHarsh(target) ? Object.values(world.objects) : []);
  return nastyValues(leaf, { ...world, ids: world.ids.filter((id) => !needed.has(id)) });
}

/** Any text in UTF-16, halves of characters included. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 90 })
  .map((units) => String.fromCharCode(...units));

/** Several places of one operation at once, as anybody. */
const mixed = (): fc.Arbitrary<Attempt> =>
  fc
    .constantFrom(...targets.filter((each) => each.leaves.length > 0 && actorOf(each) !== 'leaver'))
    .chain((target) =>
      fc.record({
        target: fc.constant(target),
        role: fc.constantFrom(...roles),
        fillings: fc.array(
          fc.constantFrom(...target.leaves).chain((leaf) =>
            fc.record({
              leaf: fc.constant(leaf),
              value: fc.oneof(fc.constantFrom(...valuesFor(target, leaf)), anyText, fc.jsonValue()),
            }),
          ),
          { minLength: 1, maxLength: 4 },
        ),
      }),
    );

describe('nasty values through the router', () => {
  // First, while nothing has been called off or closed.
  const kept = [
    'addComment.text',
    'createEvent.title',
    'createEvent.place.city',
    'createPost.text',
    'editPost.text',
    'updateEvent.description',
    'updateProfile.displayName',
    'updateProfile.bio',
    'sendMessage.text',
  ];

  it.each(kept)('marks from right to left and emoji come back as they were sent in %s', async (place) => {
    const [name, ...below] = place.split('.');
    const target = targets.find(({ label }) => label === `Mutation.${name}`)!;
    const leaf = target.leaves.find((each) => each.path.join('.') === ['input', ...below].join('.'))!;
    for (const value of [rightToLeft, emoji]) {
      const answer = await send({ target, role: actorOf(target), fillings: [{ leaf, value }] });
      expect(keptAt(answer, leaf.path)).toBe(value.normalize('NFC'));
    }
  });

  it('are answered in the arguments of queries', async () => {
    expect(await faultsOfAll(someOf('query'))).toEqual([]);
  }, 600_000);

  it('are answered in the input of mutations, and what is accepted comes back as it was sent', async () => {
    expect(await faultsOfAll(someOf('mutation'))).toEqual([]);
  }, 600_000);

  it('are answered several at once, to whoever asks', async () => {
    const attempts = fc.sample(mixed(), { seed, numRuns: sizes.mixed });
    expect(await faultsOfAll(attempts)).toEqual([]);
  }, 600_000);

  it.each(nastyDocuments)('are answered in the text of the document: %s', async (_name, query) => {
    const member = await world.client('member');
    expect(faultsOf(await ask(running.url, member.token(), { query }))).toEqual([]);
  });

  const formal = ['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED', 'INTERNAL', 'UNAUTHENTICATED'];

  /** What is only in a mail, a text or an app, or was shown once. */
  const takeSecrets = new Set([
    'completeSignIn',
    'confirmEmailChange',
    'confirmTotp',
    'forgetTrustedDevice',
    'loginWithEmailCode',
    'refuseFactorResetByKey',
    'resetPassword',
    'undoEmailChange',
    'verifyEmail',
    'verifyPhone',
  ]);

  it('reach the code they aim at: with good values no operation is refused for its form', async () => {
    const refused: string[] = [];
    for (const target of targets.filter(({ field }) => !takeSecrets.has(field.name))) {
      const { text } = await send({ target, role: actorOf(target), fillings: [] });
      const { data, errors = [] } = JSON.parse(text) as {
        data?: unknown;
        errors?: { extensions?: { code?: unknown } }[];
      };
      const failures = [
        ...errors.filter(({ extensions }) => formal.includes(String(extensions?.code))),
        ...userErrorsIn(data).filter(({ code }) => formal.includes(String(code))),
      ];
      if (failures.length > 0) refused.push(`${target.label}: ${JSON.stringify(failures)}`);
    }
    expect(refused).toEqual([]);
  }, 600_000);
});
