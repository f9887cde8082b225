import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import { maskErrors } from './mask-errors.js';

function given() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLogger({ name: 'test', destination: { write } });
  return { lines, context: { log, requestId: 'request-1' } };
}

const fault = (message: string, index: number) => ({ message, path: ['list', index], extensions: {} });

describe('errors of an execution', () => {
  it('that hide something are logged once a message, however often they stand in the answer', () => {
    const { lines, context } = given();
    const errors = maskErrors([fault('secret', 0), fault('secret', 1), fault('other', 2)], context);
    expect(errors.map(({ message }) => message)).toEqual([
      'Internal error',
      'Internal error',
      'Internal error',
    ]);
    expect(errors.map(({ path }) => path)).toEqual([
      ['list', 0],
      ['list', 1],
      ['list', 2],
    ]);
    expect(lines.map(({ err, count }) => [(err as Error).message, count])).toEqual([
      ['secret', 2],
      ['other', 1],
    ]);
  });

  it('are logged in part only where a subgraph says too much', () => {
    const { lines, context } = given();
    maskErrors([fault('x'.repeat(1_000_000), 0)], context);
    expect(JSON.stringify(lines).length).toBeLessThan(5_000);
  });

  it('that hide nothing are not logged', () => {
    const { lines, context } = given();
    const error = { message: 'late', path: ['a'], extensions: { code: 'TIMEOUT' } };
    expect(maskErrors([error], context)).toEqual([error]);
    expect(lines).toEqual([]);
  });
});
