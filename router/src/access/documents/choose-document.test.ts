import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import type { Client } from '../../context.js';
import type { DocumentMode } from '../settings.js';
import { sha256 } from '../sha256.js';
import { createAutomaticDocuments } from './automatic.js';
import { createChooseDocument, type ChooseDocumentParts } from './choose-document.js';
import type { DocumentParams } from './document.js';
import { createManifests, type Manifests } from './manifests.js';

let folder: string;
let manifests: Manifests;
const lines: Record<string, any>[] = [];
const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
const log = createLogger({ name: 'test', level: 'info', destination });

const apollo = (operations: Record<string, string>) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: Object.entries(operations).map(([id, body]) => ({ id, body, name: id, type: 'query' })),
});
const files: Record<string, unknown> = {
  'web/1.0.json': apollo({ me: '{ me1 }', only1: '{ only1 }', [sha256('{ hashed }')]: '{ hashed }' }),
  'web/2.0.json': apollo({ me: '{ me2 }' }),
  'ios.json': { me: '{ meIos }', ios: '{ ios }' },
  '@acme%2Fkiosk.json': { kiosk: '{ kiosk }' },
  'partners/Acme.json': { acme: '{ acme }' },
  'partners/Other.json': { other: '{ other }' },
};
const write = async (name: string, content: unknown) => {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-documents-'));
  for (const [name, content] of Object.entries(files)) await write(name, content);
  manifests = await createManifests({ path: folder, log });
});
afterAll(async () => {
  manifests.stop();
  await rm(folder, { recursive: true });
});

const chooser = (mode: DocumentMode, overrides: Partial<ChooseDocumentParts> = {}) =>
  createChooseDocument({
    modes: { anonymous: mode, firstParty: mode, partner: mode },
    manifests,
    log,
    ...overrides,
  });
const web = (version?: string): Client => ({ class: 'firstParty', name: 'web', ...(version && { version }) });
const somebody: Client = { class: 'anonymous' };
const partner = (name: string): Client => ({ class: 'partner', name });
const automaticOf = () => createAutomaticDocuments({ classes: ['firstParty'], bytes: 100_000 });
const apq = (text: string, query?: string): DocumentParams => ({
  ...(query !== undefined && { query }),
  extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } },
});

/** `source text`, or `status code`. */
async function outcome(choose: ReturnType<typeof chooser>, params: DocumentParams, client: Client) {
  try {
    const { source, text } = await choose(params, client);
    return `${source} ${text}`;
  } catch (error: any) {
    return `${error.status} ${error.extensions.code}`;
  }
}

describe('a persisted document', () => {
  const cases: [string, DocumentParams, Client, string][] = [
    ['by documentId', { documentId: 'ios' }, somebody, 'manifest { ios }'],
    ['by id', { id: 'ios' }, somebody, 'manifest { ios }'],
    ['by doc_id', { doc_id: 'ios' }, somebody, 'manifest { ios }'],
    ['by hash', apq('{ hashed }'), somebody, 'manifest { hashed }'],
    ['by prefixed hash', { documentId: `sha256:${sha256('{ hashed }')}` }, somebody, 'manifest { hashed }'],
    ['with its own text beside', { id: 'ios', query: '{ ios }' }, somebody, 'manifest { ios }'],
    ["of the client's version", { id: 'me' }, web('1.0'), 'manifest { me1 }'],
    ["of the client's other version", { id: 'only1' }, web('2.0'), 'manifest { only1 }'],
    ['of another client of ours', { id: 'kiosk' }, web(), 'manifest { kiosk }'],
    [
      "of the client's name, URL-encoded",
      { id: 'kiosk' },
      { ...web(), name: '@acme/kiosk' },
      'manifest { kiosk }',
    ],
    ['of a partner', { id: 'acme' }, partner('Acme'), 'manifest { acme }'],
    ["another partner's", { id: 'other' }, partner('Acme'), '404 PERSISTED_QUERY_NOT_IN_LIST'],
    ['of ours for a partner', { id: 'ios' }, partner('Acme'), '404 PERSISTED_QUERY_NOT_IN_LIST'],
    [
      "a partner's, by its name alone",
      { id: 'acme' },
      { ...web(), name: 'Acme' },
      '404 PERSISTED_QUERY_NOT_IN_LIST',
    ],
    ['unknown', { id: 'nothing' }, somebody, '404 PERSISTED_QUERY_NOT_IN_LIST'],
    ['an id that is no text', { id: 7 }, somebody, '400 BAD_REQUEST'],
    ['an endless id', { id: 'a'.repeat(1_000) }, somebody, '400 BAD_REQUEST'],
    ['neither id nor query', {}, somebody, '400 BAD_REQUEST'],
    [
      'of another protocol version',
      { extensions: { persistedQuery: { version: 2 } } },
      somebody,
      '400 BAD_REQUEST',
    ],
  ];
  it.each(cases)('%s', async (_name, params, client, expected) => {
    for (const mode of ['off', 'log', 'require', 'enforce'] as const) {
      expect(await outcome(chooser(mode), params, client)).toBe(expected);
    }
  });
});

describe('a query', () => {
  const known = { query: '{ ios }' };
  const unknown = { query: '{ unknown }' };
  const cases: [string, DocumentMode, DocumentParams, Client, string][] = [
    ['unknown', 'off', unknown, somebody, 'body { unknown }'],
    ['unknown', 'log', unknown, somebody, 'body { unknown }'],
    ['unknown', 'require', unknown, somebody, '403 QUERY_NOT_IN_SAFELIST'],
    ['known', 'require', known, somebody, 'body { ios }'],
    ['known but for a blank', 'require', { query: '{ ios  }' }, somebody, '403 QUERY_NOT_IN_SAFELIST'],
    ['of ours by a partner', 'require', known, partner('Acme'), '403 QUERY_NOT_IN_SAFELIST'],
    ["a partner's own", 'require', { query: '{ acme }' }, partner('Acme'), 'body { acme }'],
    ['known', 'enforce', known, somebody, '400 PERSISTED_QUERY_ID_REQUIRED'],
    ['beside a known id', 'enforce', { ...unknown, id: 'ios' }, somebody, '400 PERSISTED_QUERY_ID_REQUIRED'],
    ['beside a known id', 'require', { ...unknown, id: 'ios' }, somebody, '403 QUERY_NOT_IN_SAFELIST'],
  ];
  it.each(cases)('%s, in mode %s', async (_name, mode, params, client, expected) => {
    expect(await outcome(chooser(mode), params, client)).toBe(expected);
  });

  it('is logged once when it is unknown, by its hash', async () => {
    lines.length = 0;
    const choose = chooser('log');
    const params = { query: '{ secretly(password: "x") }', operationName: 'Log' };
    for (let n = 0; n < 3; n += 1) await choose(params, web());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ document: sha256(params.query), operationName: 'Log' });
    expect(JSON.stringify(lines)).not.toContain('password');
  });

  it('goes by the mode of its class', async () => {
    const modes = { anonymous: 'enforce', firstParty: 'off', partner: 'require' } as const;
    const choose = chooser('off', { modes });
    expect(await outcome(choose, unknown, web())).toBe('body { unknown }');
    expect(await outcome(choose, unknown, somebody)).toBe('400 PERSISTED_QUERY_ID_REQUIRED');
    expect(await outcome(choose, unknown, partner('Acme'))).toBe('403 QUERY_NOT_IN_SAFELIST');
  });
});

describe('automatic persisting', () => {
  const text = '{ automatic }';

  it('asks for the text, keeps it once it has proved valid, and then knows it', async () => {
    const choose = chooser('log', { automatic: automaticOf() });
    expect(await outcome(choose, apq(text), web())).toBe('200 PERSISTED_QUERY_NOT_FOUND');
    const chosen = await choose(apq(text, text), web());
    expect(await outcome(choose, apq(text), web())).toBe('200 PERSISTED_QUERY_NOT_FOUND');
    chosen.remember!();
    expect(await outcome(choose, apq(text), web())).toBe(`automatic ${text}`);
  });

  it('refuses a text of another hash', async () => {
    const choose = chooser('off', { automatic: automaticOf() });
    expect(await outcome(choose, apq(text, '{ other }'), web())).toBe('400 BAD_REQUEST');
  });

  it.each([
    ['in require mode', 'require', web(), '404 PERSISTED_QUERY_NOT_IN_LIST'],
    ['in enforce mode', 'enforce', web(), '404 PERSISTED_QUERY_NOT_IN_LIST'],
    ['for partners', 'off', partner('Acme'), '404 PERSISTED_QUERY_NOT_IN_LIST'],
  ] as const)('is not there %s', async (_name, mode, client, expected) => {
    const automatic = automaticOf();
    automatic.remember(sha256(text), text, 'firstParty');
    const choose = chooser(mode, { automatic });
    expect(await outcome(choose, apq(text), client)).toBe(expected);
  });

  it('keeps nothing of clients that have to stay in their manifest', async () => {
    const choose = chooser('require', { automatic: automaticOf() });
    expect(await choose(apq('{ ios }', '{ ios }'), web())).toEqual({
      text: '{ ios }',
      source: 'body',
    });
  });

  it('says that it is not supported where nothing is configured', async () => {
    const choose = createChooseDocument({
      modes: { anonymous: 'off', firstParty: 'off', partner: 'off' },
      log,
    });
    expect(await outcome(choose, apq(text), somebody)).toBe('200 PERSISTED_QUERY_NOT_SUPPORTED');
    expect(await outcome(choose, apq(text, text), somebody)).toBe(`body ${text}`);
  });

  it('is bounded by bytes, and no class of clients pushes out what another one left', async () => {
    const automatic = createAutomaticDocuments({ classes: ['firstParty', 'anonymous'], bytes: 10_000 });
    automatic.remember('mine', text, 'firstParty');
    for (let n = 0; n < 1_000; n += 1) automatic.remember(`h${n}`, `{ f${n} }`, 'anonymous');
    expect(await automatic.find('mine')).toBe(text);
    expect(await automatic.find('h0')).toBeUndefined();
    expect(await automatic.find('h999')).toBe('{ f999 }');
    automatic.remember('huge', 'x'.repeat(5_000), 'firstParty');
    expect(await automatic.find('huge')).toBeUndefined();
  });

  it('is shared with other routers, which trust no more than the hash', async () => {
    const stored = new Map<string, unknown>();
    const cache = {
      get: async <T>(key: string) => stored.get(key) as T | undefined,
      set: async (key: string, value: unknown) => void stored.set(key, value),
    };
    const one = createAutomaticDocuments({ classes: ['firstParty'], bytes: 10_000, cache });
    const other = createAutomaticDocuments({ classes: ['firstParty'], bytes: 10_000, cache });
    one.remember(sha256(text), text, 'firstParty');
    expect(await other.find(sha256(text))).toBe(text);
    stored.set(`apq:${sha256('a')}`, 'b');
    expect(await other.find(sha256('a'))).toBeUndefined();
  });
});

describe('manifests', () => {
  it('change while they are in use, and a broken one keeps its last good content', async () => {
    const choose = chooser('enforce');
    await write('ios.json', { ios: '{ ios(v: 2) }' });
    await write('web/2.0.json', '{');
    await manifests.reload();
    expect(await outcome(choose, { id: 'ios' }, somebody)).toBe('manifest { ios(v: 2) }');
    expect(await outcome(choose, { id: 'me' }, web('2.0'))).toBe('manifest { me2 }');
    expect(manifests.texts()).toEqual(expect.arrayContaining(['{ ios(v: 2) }', '{ acme }', '{ me2 }']));
  });

  it.each([
    ['of another format', { format: 'other', operations: [] }],
    ['of another version', { ...apollo({}), version: 2 }],
    ['of documents that are no text', { a: 7 }],
    ['that is a list', [1]],
  ])('%s is refused', async (_name, content) => {
    const path = join(folder, '..', `${folder.split('/').at(-1)!}-bad.json`);
    await writeFile(path, JSON.stringify(content));
    await expect(createManifests({ path, log })).rejects.toThrow('no manifest');
    await rm(path);
  });
});
