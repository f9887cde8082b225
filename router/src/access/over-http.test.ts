import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VIEWER_HEADER, verifyViewer } from '@diaspora/kit/core';
import { startTestRouter, viewerSecret, type TestRouter } from '../testing/start-test-router.js';
import { sha256 } from './sha256.js';

const key = 'a-partner-key-9f4c1b';
let folder: string;
let test: TestRouter;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-access-'));
  await mkdir(join(folder, 'documents', 'partners'), { recursive: true });
  await Promise.all([
    writeFile(join(folder, 'keys.json'), JSON.stringify([{ id: 'acme', name: 'Acme', sha256: sha256(key) }])),
    writeFile(join(folder, 'documents', 'web.json'), JSON.stringify({ web: '{ viewerName }' })),
    writeFile(
      join(folder, 'documents', 'partners', 'Acme.json'),
      JSON.stringify({ events: 'query ($id: ID!) { event(id: $id) { title } }' }),
    ),
  ]);
  test = await startTestRouter(process.env['TEST_REDIS_URL']!, {
    API_KEYS: join(folder, 'keys.json'),
    PERSISTED_DOCUMENTS: join(folder, 'documents'),
    PERSISTED_DOCUMENTS_MODE: { anonymous: 'off', firstParty: 'log', partner: 'enforce' },
    APQ_REDIS: true,
  });
});
afterAll(async () => {
  await test.stop();
  await rm(folder, { recursive: true });
});

async function send(body: object, headers: Record<string, string> = {}) {
  const response = await test.post(body, headers);
  const { data, errors } = (await response.json()) as any;
  return { status: response.status, data, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
}

describe('a partner', () => {
  const asPartner = { 'x-api-key': key };

  it('runs its own documents, and subgraphs are told of nobody', async () => {
    const { status, data } = await send({ documentId: 'events', variables: { id: '7' } }, asPartner);
    expect([status, data]).toEqual([200, { event: { title: 'title of 7' } }]);
    const header = test.supergraph.events.received.at(-1)![VIEWER_HEADER] as string;
    expect(verifyViewer(header, { secret: viewerSecret }).viewer).toBeNull();
  });

  it.each([
    ['a query', { query: '{ viewerName }' }, 400, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['a document of ours', { id: 'web' }, 404, 'PERSISTED_QUERY_NOT_IN_LIST'],
  ])('may not run %s, whatever it calls itself', async (_name, body, status, code) => {
    const headers = { ...asPartner, 'apollographql-client-name': 'web' };
    expect(await send(body, headers)).toMatchObject({ status, code });
  });

  it('is refused with a wrong key', async () => {
    expect(await send({ id: 'events' }, { 'x-api-key': 'wrong' })).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });
});

describe('automatic persisting over HTTP', () => {
  const query = '{ events { id } }';
  const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };

  it('follows the protocol of Apollo, by GET too', async () => {
    expect(await send({ extensions })).toMatchObject({ status: 200, message: 'PersistedQueryNotFound' });
    expect(await send({ query, extensions })).toMatchObject({ status: 200, data: { events: [{}, {}] } });
    expect(await send({ extensions })).toMatchObject({ status: 200, data: { events: [{}, {}] } });
    const url = `${test.router.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect(await response.json()).toMatchObject({ data: { events: [{}, {}] } });
  });

  it('keeps no document that is not valid', async () => {
    const bad = '{ nonsense }';
    const hash = { persistedQuery: { version: 1, sha256Hash: sha256(bad) } };
    expect(await send({ query: bad, extensions: hash })).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(await send({ extensions: hash })).toMatchObject({ message: 'PersistedQueryNotFound' });
  });
});
