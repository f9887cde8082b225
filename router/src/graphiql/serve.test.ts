import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import express from 'express';
import { serveGraphiql, type GraphiqlOptions } from './serve.js';

let stop: (() => void) | undefined;
afterEach(() => stop?.());

async function serve(
  options: Omit<GraphiqlOptions, 'log'>,
): Promise<() => Promise<{ status: number; text: string }>> {
  const log = createLogger({ name: 'test', level: 'silent' });
  const server = createServer(express().use('/graphiql', serveGraphiql({ log, ...options }))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return async () => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphiql/`);
    return { status: response.status, text: await response.text() };
  };
}

describe('serveGraphiql', () => {
  it('builds a missing page once, for whoever comes first, and says so until it is there', async () => {
    const dist = await mkdtemp(join(tmpdir(), 'graphiql-'));
    let builds = 0;
    let finish: () => void = () => undefined;
    const built = new Promise<void>((resolve) => (finish = resolve));
    const build = async () => {
      builds += 1;
      await built;
      await writeFile(join(dist, 'index.html'), 'the page');
    };
    const visit = await serve({ dist, build, isBuilt: () => false });
    const [first, second] = [await visit(), await visit()];
    expect(first).toMatchObject({ status: 503, text: expect.stringContaining('being built') });
    expect(second.status).toBe(503);
    finish();
    let later = await visit();
    while (later.status === 503) later = await visit();
    expect(later).toEqual({ status: 200, text: 'the page' });
    expect(builds).toBe(1);
  });

  it('says how to build it where it cannot build it', async () => {
    const visit = await serve({
      build: async () => Promise.reject(new Error('no vite here')),
      isBuilt: () => false,
    });
    await visit();
    expect(await visit()).toMatchObject({
      status: 503,
      text: expect.stringContaining('npm run graphiql -w router'),
    });
  });
});
