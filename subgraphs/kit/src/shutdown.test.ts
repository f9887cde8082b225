import { describe, expect, it } from '@jest/globals';
import { createStopStack } from './shutdown.js';

/** A stack of three that write down when they stop; `faults` are what stopping them throws. */
function given(faults: Partial<Record<'database' | 'server' | 'jobs', () => Promise<never>>> = {}) {
  const stopped: string[] = [];
  const stack = createStopStack();
  for (const name of ['database', 'server', 'jobs'] as const) {
    stack.push(() => {
      stopped.push(name);
      return faults[name]?.() ?? Promise.resolve();
    });
  }
  return { stack, stopped };
}

describe('the stop stack', () => {
  it('stops in reverse order of starting, one after the other', async () => {
    const { stack, stopped } = given();
    await stack.stop();
    expect(stopped).toEqual(['jobs', 'server', 'database']);
  });

  it('stops once, however often it is asked', async () => {
    const { stack, stopped } = given();
    await Promise.all([stack.stop(), stack.stop()]);
    await stack.stop();
    expect(stopped).toHaveLength(3);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('jobs hang'))],
    [
      'throws before there is a promise',
      () => {
        throw new Error('jobs hang');
      },
    ],
  ])('stops the rest when one %s, and throws the first failure at the end', async (_name, jobs) => {
    const { stack, stopped } = given({ jobs, database: () => Promise.reject(new Error('later')) });
    await expect(stack.stop()).rejects.toThrow('jobs hang');
    expect(stopped).toEqual(['jobs', 'server', 'database']);
  });
});
