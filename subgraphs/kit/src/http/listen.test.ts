import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { listen } from './listen.js';

const place = { port: 0, host: '127.0.0.1', name: 'users' };

describe('listening', () => {
  it('says in one line which port is taken, for whom and what to do', async () => {
    const first = await listen((_request, response) => void response.end(), place);
    await expect(listen(() => undefined, { ...place, port: first.port })).rejects.toThrow(
      `Port ${first.port} for users is taken. Choose another one by PORT.`,
    );
    await first.close();
  });

  it('lets a request in flight finish before it closes, and takes no new one', async () => {
    let finish: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const server = await listen((_request, response) => {
      finish();
      setImmediate(() => setImmediate(() => response.end('done')));
    }, place);
    const answer = fetch(server.url);
    await begun;
    const closing = server.close();
    expect(await (await answer).text()).toBe('done');
    await closing;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('cuts off what takes longer than the grace', async () => {
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const server = await listen(() => begin(), place);
    const answer = fetch(server.url).then(
      () => 'answered',
      () => 'cut off',
    );
    await begun;
    await server.close(10);
    expect(await answer).toBe('cut off');
  });

  it('leaves later errors of the server to whoever listens for them', async () => {
    const server = await listen(() => undefined, place);
    expect(server.server.listenerCount('error')).toBe(0);
    await server.close();
  });

  it('writes an IPv6 host the way a URL wants it', async () => {
    const probe = createServer().listen(0, '::1');
    const isAvailable = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    probe.close();
    const server = await listen((_request, response) => void response.end(), {
      ...place,
      host: isAvailable ? '::1' : '127.0.0.1',
    });
    expect(new URL(server.url).port).toBe(String(server.port));
    expect((await fetch(server.url)).status).toBe(200);
    await server.close();
  });
});
