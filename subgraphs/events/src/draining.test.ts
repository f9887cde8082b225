import { describe, expect, it } from '@jest/globals';
import { drain } from './draining.js';

describe('what is due', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => `row ${index}`);

  it('is done until nothing is left, whatever fails, which is told in the end and left for later', async () => {
    const left = new Set(rows(25));
    const find = async (failed: readonly string[]) =>
      [...left].filter((id) => !failed.includes(id)).slice(0, 10);
    const work = drain(find, async (id) => {
      if (id.endsWith('3')) throw new Error(id);
      left.delete(id);
    });
    await expect(work).rejects.toThrow('3 of 25 were not done');
    expect([...left]).toEqual(['row 3', 'row 13', 'row 23']);
  });

  it('is not done without end when it stays due', async () => {
    let runs = 0;
    await drain(async () => ['one', 'other'], async () => void (runs += 1)); // prettier-ignore
    expect(runs).toBe(2);
  });

  it('is left when everything fails', async () => {
    const all = rows(5_000);
    let runs = 0;
    const work = drain(
      async (failed) => all.filter((id) => !failed.includes(id)).slice(0, 100),
      async () => {
        runs += 1;
        throw new Error('down');
      },
    );
    await expect(work).rejects.toThrow('were not done');
    expect(runs).toBe(200);
  });
});
