import { describe, expect, it } from '@jest/globals';
import { createFeed } from './feed.js';

describe('a feed that is put in doubt', () => {
  const aFeed = () => createFeed({ last: 0, pageAfter: async () => [], onFailure: () => undefined });

  it('tells each reader once, whoever waits', async () => {
    const feed = aFeed();
    const readings = [feed.open(), feed.open()].map((reader) => [reader, reader.next(0)] as const);
    feed.doubt();
    for (const [, reading] of readings) expect(await reading).toEqual({ kind: 'DOUBT' });
    const [reader] = readings[0]!;
    const next = reader.next(0);
    reader.stop();
    expect(await next).toEqual({ kind: 'STOPPED' });
  });

  it('tells a reader who was busy when it came, as soon as they come back', async () => {
    const feed = aFeed();
    const reader = feed.open();
    feed.doubt();
    expect(await reader.next(0)).toEqual({ kind: 'DOUBT' });
  });
});
