import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { apply } from './lib/scaffold/changes.js';
import { pluralOf, prefixFor, Refusal, singularOf, wordsOf } from './lib/scaffold/names.js';
import { planSlice } from './lib/scaffold/slice.js';
import { planSubgraph } from './lib/scaffold/subgraph.js';
import { createOverlay } from './lib/scaffold/testing/overlay.js';
import { root } from './lib/subgraphs.js';

describe('names', () => {
  it.each([
    ['reviews', 'review'],
    ['job-offers', 'job-offer'],
    ['replies', 'reply'],
    ['boxes', 'box'],
    ['keys', 'key'],
  ])('knows %s and %s', (plural, singular) => {
    expect([singularOf(plural), pluralOf(singular)]).toEqual([singular, plural]);
  });

  it.each(['ticketing', 'address', 'status'])('takes %s for a singular', (name) => {
    expect(singularOf(name)).toBe(name);
  });

  it('finds a prefix of an id that nobody uses', () => {
    const entity = wordsOf('The entity', 'review');
    expect(prefixFor(entity, new Set())).toBe('rvw');
    expect(prefixFor(entity, new Set(['rvw']))).toBe('rev');
    expect(prefixFor(entity, new Set(['rvw', 'rev']))).toBe('review');
    expect(() => prefixFor(entity, new Set(['rvw', 'rev', 'review']))).toThrow(Refusal);
  });
});

describe('what cannot be written is refused by a line that says why', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['"" is not kebab-case', undefined, undefined],
    ['"Events" is not kebab-case', 'Events', undefined],
    ['"../x" is not kebab-case', '../x', undefined],
    ['"job_board" is not kebab-case', 'job_board', undefined],
    ['"2fast" is not kebab-case', '2fast', undefined],
    ['at most 30 characters', 'a'.repeat(31), undefined],
    ['subgraphs/events exists already', 'events', undefined],
    ['subgraphs/kit exists already', 'kit', undefined],
    ['router exists already', 'router', undefined],
    ['names a part of the infrastructure', 'postgres', undefined],
    ['has "Event" already', 'gatherings', 'event'],
    ['"Money" is a name that all subgraphs share', 'wallets', 'money'],
  ])('%s', (line, subgraph, entity) => {
    expect(() => planSubgraph({ root, subgraph, entity })).toThrow(line);
    expect(() => planSubgraph({ root, subgraph, entity })).toThrow(Refusal);
  });

  it.each<[string, string, string, string | undefined]>([
    ['There is no subgraphs/nowhere.', 'nowhere', 'reviews', undefined],
    ['"Reviews" is not kebab-case', 'events', 'Reviews', undefined],
    ['subgraphs/events/src/catalog is taken', 'events', 'catalog', undefined],
    ['prisma/events/schema.prisma is taken', 'events', 'schema', 'scheme'],
    ['subgraphs/events/src/context.ts is taken', 'events', 'context', 'circumstance'],
    ['subgraphs/events/src/testing is taken', 'events', 'testing', undefined],
    ['has "Office" already', 'events', 'rooms', 'office'],
    ['The data model has "Member" already', 'messaging', 'people', 'member'],
    ['content/src/context.ts: Services has "uploads" already', 'content', 'uploads', undefined],
    ['subgraphs/search publishes no messages', 'search', 'reviews', undefined],
  ])('%s', (line, subgraph, slice, entity) => {
    expect(() => planSlice({ root, subgraph, slice, entity })).toThrow(line);
    expect(() => planSlice({ root, subgraph, slice, entity })).toThrow(Refusal);
  });
});

it.each(['users', 'events', 'content', 'messaging', 'payments'])(
  'finds where a slice of %s belongs',
  (subgraph) => {
    const { changes } = planSlice({ root, subgraph, slice: 'keepsakes' });
    const wired = [...changes.files].filter(([, text]) => /keepsake/i.test(text));
    expect(wired).toHaveLength(7);
  },
);

describe('changes to the tree', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'diaspora-changes-'));
    writeFileSync(path.join(folder, 'old.txt'), 'old');
    writeFileSync(path.join(folder, 'file'), '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const files = new Map([['old.txt', 'changed']]);
  const inside = new Map([['deep/a.txt', 'a']]);

  it('are all made', async () => {
    mkdirSync(path.join(folder, 'parent'));
    const more = new Map([...files, ['parent/b.txt', 'b']]);
    await apply(folder, { folders: new Map([['parent/new', inside]]), files: more });
    expect(readFileSync(path.join(folder, 'parent/b.txt'), 'utf8')).toBe('b');
    expect(readFileSync(path.join(folder, 'parent/new/deep/a.txt'), 'utf8')).toBe('a');
    expect(readFileSync(path.join(folder, 'old.txt'), 'utf8')).toBe('changed');
    expect(readdirSync(folder).sort()).toEqual(['file', 'old.txt', 'parent']);
  });

  it.each([
    [
      'one of them fails',
      new Map([
        ['new', inside],
        ['file/new', inside],
      ]),
    ],
    [
      'there is something in the way',
      new Map([
        ['new', inside],
        ['file', inside],
      ]),
    ],
  ])('are none when %s', async (_case, folders) => {
    const more = new Map([...files, ['b.txt', 'b']]);
    await expect(apply(folder, { folders, files: more })).rejects.toThrow();
    expect(readdirSync(folder).sort()).toEqual(['file', 'old.txt']);
    expect(readFileSync(path.join(folder, 'old.txt'), 'utf8')).toBe('old');
  });
});

describe('a new subgraph, a slice more of it and a slice more of an old one', () => {
  let overlay: ReturnType<typeof createOverlay>;
  const patience = 300_000;
  const written = ['subgraphs/job-board', 'subgraphs/events/src/reviews'];
  const wired = ['context', 'ids', 'messages', 'models', 'subgraph'].map(
    (file) => `subgraphs/events/src/${file}.ts`,
  );
  beforeAll(async () => {
    overlay = createOverlay({ include: ['subgraphs/job-board/src', 'subgraphs/events/src', 'scripts'] });
    // Their clients would only take time.
    for (const name of ['users', 'content', 'messaging', 'payments', 'search'])
      rmSync(path.join(overlay.root, 'prisma', name), { recursive: true });
    const output = await overlay.run('scripts/new-subgraph.ts', ['job-board', 'job-offer']);
    expect(output).toContain('docker-compose.yml');
    await overlay.run('scripts/new-slice.ts', ['job-board', 'interviewing']);
    await overlay.run('scripts/new-slice.ts', ['events', 'reviews']);
    overlay.linkWorkspace('job-board');
    await overlay.run('scripts/generate.ts', []);
  }, patience);
  afterAll(() => overlay.remove());

  it(
    'pass format, lint, types and boundaries',
    async () => {
      const checked = [...written, ...wired];
      await overlay.run('tsc', ['--noEmit']);
      await overlay.run('prettier', ['--check', 'rover.yaml', '.dependency-cruiser.js', ...checked]);
      await overlay.run('eslint', ['--max-warnings', '0', ...checked]);
      const boundaries = await overlay.run('depcruise', ['--config', '.dependency-cruiser.js', 'subgraphs']);
      expect(boundaries).toContain('no dependency violations found');
    },
    patience,
  );

  it(
    'compose with the others, and their migrations are what their data models say',
    async () => {
      await overlay.run('scripts/schema.ts', []);
      const api = readFileSync(path.join(overlay.root, 'schema/api.graphql'), 'utf8');
      for (const type of ['JobOffer', 'Interviewing', 'Review'])
        expect(api).toContain(`type ${type} implements Node`);
      expect(existsSync(path.join(overlay.root, 'schema/subgraphs/job-board.graphql'))).toBe(true);
      await overlay.run('scripts/migration.ts', ['--check', 'job-board', 'events']);
    },
    patience,
  );

  it(
    'pass their own tests',
    async () => {
      // Servers of their own: this data model of events is not the one other tests run on.
      const servers = { TEST_POSTGRES_URL: '', TEST_REDIS_URL: '' };
      const output = await overlay.run(
        'jest',
        ['-w', '1', ...written, 'subgraphs/events/src/contract'],
        servers,
      );
      expect(output).toMatch(/Test Suites: 9 passed, 9 total/);
    },
    patience,
  );
});
