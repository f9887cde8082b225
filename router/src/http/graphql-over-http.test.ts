import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits, type AuditResult } from 'graphql-http';
import { startTestRouter, type TestRouter } from '../testing/start-test-router.js';

let test: TestRouter;
beforeAll(async () => {
  test = await startTestRouter(process.env['TEST_REDIS_URL']!);
});
afterAll(() => test.stop());

/** The audits send GET requests as no browser page of ours would: the header says that there was a preflight. */
const fetchFn = (url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, headers: { 'apollo-require-preflight': '1', ...init.headers } });

const audits = serverAudits({ url: () => `${test.router.url}/graphql`, fetchFn });

/** Every audit of the graphql-http package: https://github.com/graphql/graphql-http/tree/main/audits */
describe('GraphQL over HTTP, by the audits of graphql-http', () => {
  it.each(audits)('$name', async ({ fn: audit }) => {
    const { status, ...result } = (await audit()) as AuditResult & { reason?: string };
    expect({ status, reason: result.reason }).toEqual({ status: 'ok', reason: undefined });
  });
});
