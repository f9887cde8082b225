import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@diaspora/kit/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nastyOperation, nastySdl } from './plan/worker/testing/nasty.js';
import { planningProcesses } from './plan/worker/testing/planning-processes.js';
import { createRouter, readConfig, type RunningRouter } from './router.js';

let folder: string;
let subgraph: Server;
let router: RunningRouter | undefined;
const logged: string[] = [];

/** An open router over subgraphs that answer `{ ping }` whatever they are asked. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-planning-'));
  await writeFile(join(folder, 'supergraph.graphql'), nastySdl());
  subgraph = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"data":{"ping":1}}'));
    response.setHeader('content-type', 'application/json');
  });
  await new Promise<void>((resolve) => subgraph.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}`;
  const config = readConfig({
    SUPERGRAPH: join(folder, 'supergraph.graphql'),
    SUBGRAPH_URLS: ['one', 'two', 'three'].map((name) => `${name}=${url}`).join(','),
    PLAN_TIMEOUT_MS: '5000',
    MAX_HEIGHT: 'off',
  });
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLogger({ name: 'router', level: 'warn', destination });
  router = await createRouter({ config: { ...config, PORT: 0 }, log });
});
afterAll(async () => {
  await router?.stop();
  subgraph.close();
  await rm(folder, { recursive: true });
});

async function ask(query: string): Promise<{ status: number; body: any }> {
  const response = await fetch(`${router!.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.json() };
}

const refusals = () => logged.filter((line) => line.includes('too complex')).length;

describe('an operation that takes too long to plan', () => {
  const refused = {
    status: 400,
    body: {
      errors: [
        {
          message: 'The operation is too complex to be planned.',
          extensions: { code: 'OPERATION_TOO_COMPLEX' },
        },
      ],
    },
  };

  it('is refused, and others are answered meanwhile: known ones, and new ones', async () => {
    const answered = { status: 200, body: { data: { ping: 1 } } };
    // One that is held up for a moment has the second process started before anything is measured.
    await Promise.all([ask(nastyOperation(3)), ask('{ ping }')]);
    expect(await ask('{ ping }')).toEqual(answered);
    const settled: string[] = [];
    const nasty = Promise.all([ask(nastyOperation(6)), ask(nastyOperation(6))]);
    void nasty.then(() => settled.push('nasty'));
    for (const query of ['{ ping }', 'query New { ping }', '{ ping }']) {
      expect(await ask(query)).toEqual(answered);
      settled.push('other');
    }
    expect(await nasty).toEqual([refused, refused]);
    expect(settled).toEqual(['other', 'other', 'other', 'nasty']);
  });

  it('is not planned again when it is repeated', async () => {
    for (let count = 0; count < 20; count++) expect(await ask(nastyOperation(6))).toEqual(refused);
    expect(refusals()).toBe(1);
  });

  it('does not keep the router from stopping, which leaves no process behind', async () => {
    const nasty = ask(nastyOperation(5).replace('{ one', 'query Other { one'));
    while ((await planningProcesses()) === 0);
    await Promise.all([router!.stop(), nasty.catch(() => undefined)]);
    expect(await planningProcesses()).toBe(0);
  });
});
