import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as sdk from './index.js';
import { sessionAnswers } from './testing/session-answers.js';
import { data, startServer, userError, type TestServer } from './testing/start-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(sessionAnswers().answers);
});
afterAll(() => server.stop());

const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');

/** Runs the README's code with its import and its address replaced; answers what it prints. */
async function runReadme(): Promise<string[]> {
  const [, snippet = ''] = /```ts\n([\s\S]+?)```/.exec(readme) ?? [];
  const printed: string[] = [];
  const code = snippet
    .replace(/import (\{[^}]+\}) from '@diaspora\/client-sdk';/, 'const $1 = sdk;')
    .replace('http://127.0.0.1:4000/graphql', server.url);
  const AsyncFunction = Object.getPrototypeOf(runReadme).constructor as FunctionConstructor;
  const run = AsyncFunction('sdk', 'console', code) as (...args: unknown[]) => Promise<void>;
  await run(sdk, { log: (line: string) => printed.push(line) });
  return printed;
}

it('the code of the README works', async () => {
  server.answers['Events'] = ({ variables }) => {
    const nodes = variables['after']
      ? [{ id: 'evt_2', title: 'Open air' }]
      : [{ id: 'evt_1', title: 'Concert' }];
    return data({ events: { nodes, pageInfo: { hasNextPage: !variables['after'], endCursor: 'one' } } });
  };
  server.answers['RegisterForEvent'] = ({ variables }) => {
    const { eventId } = variables['input'] as { eventId: string };
    const userErrors = eventId === 'evt_1' ? [userError('SOLD_OUT')] : [];
    return data({ registerForEvent: { registration: null, event: null, userErrors } });
  };
  expect(await runReadme()).toEqual(['Sold out: Concert', 'You are in: Open air']);
  expect(server.calls.at(-1)).toMatchObject({ operationName: 'Logout', accessToken: 'access-1' });
});
