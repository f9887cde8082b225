import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '@diaspora/kit/embedded';
import { startTinySupergraph, type TinySupergraph } from './testing/tiny-subgraphs.js';

const root = resolve(import.meta.dirname, '../..');
let supergraph: TinySupergraph;
let folder: string;
let file: string;

beforeAll(async () => {
  supergraph = await startTinySupergraph();
  folder = await mkdtemp(join(tmpdir(), 'router-main-'));
  file = join(folder, 'supergraph.graphql');
  await writeFile(file, supergraph.sdl);
  await writeFile(join(folder, 'bad.graphql'), 'type Query { a: Int }');
});
afterAll(() => Promise.all([supergraph.stop(), rm(folder, { recursive: true })]));

/** As `npm run router --` starts it, with nothing of this process's environment but the way to node. */
function start(words: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'router/src/main.ts', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  return { child, output };
}

async function end(words: readonly string[], env: Record<string, string> = {}) {
  const { child, output } = start(words, env);
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...output };
}

describe('npm run router', () => {
  it('serves a foreign supergraph with no other configuration, takes a new one, and ends when it is told to', async () => {
    const port = await findFreePort();
    const { child, output } = start(['--supergraph', file, '--port', String(port)]);
    while (!output.stdout.includes('"ready"')) await once(child.stdout, 'data');
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: '{ __typename __schema { queryType { name } } events { host { name } } }',
      }),
    });
    expect(await response.json()).toEqual({
      data: {
        __typename: 'Query',
        __schema: { queryType: { name: 'Query' } },
        events: [{ host: { name: 'name of host-of-1' } }, { host: { name: 'name of host-of-2' } }],
      },
    });
    expect(supergraph.events.received.at(-1)).not.toHaveProperty('x-viewer');
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    child.kill('SIGHUP');
    await writeFile(file, `${supergraph.sdl}\n# another\n`);
    while (!output.stdout.includes('the supergraph was replaced')) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(output.stderr).toBe('');
  });

  it('explains itself', async () => {
    const { code, stdout } = await end(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--supergraph');
  });

  const faults: [string, number, RegExp, () => [string[], Record<string, string>?]][] = [
    ['an unknown option', 2, /^Unknown option --sdl\./, () => [['--sdl', 'x']]],
    ['a bad value', 2, /PORT/, () => [['--port', 'many']]],
    ['half of what identity takes', 2, /JWT_ISSUER/, () => [[], { JWKS_URL: 'http://127.0.0.1:1/' }]],
    ['no file', 1, /nowhere\.graphql \(ENOENT\)/, () => [['--supergraph', '/nowhere.graphql']]],
    [
      'no supergraph',
      1,
      /^The supergraph cannot be used/,
      () => [['--supergraph', join(folder, 'bad.graphql')]],
    ],
  ];
  it.each(faults)(
    'says in one line what is wrong with %s and ends with %i',
    async (_name, code, line, make) => {
      const ended = await end(...make());
      expect(ended.code).toBe(code);
      expect(ended.stderr).toMatch(line);
      expect(ended.stderr.trimEnd()).not.toContain('\n');
    },
  );

  it('says in one line that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await end(['--supergraph', file, '--port', String(port)]);
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(`Port ${port} for the router is taken. Choose another one by PORT.\n`);
  });
});
