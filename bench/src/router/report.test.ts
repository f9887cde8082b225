import { describe, expect, it } from '@jest/globals';
import type { Figures } from './measure.js';
import { readOptions } from './options.js';
import { coresOf } from './processes.js';
import { notSaturated, ratioTable } from './report.js';
import { scenarios, visitorName } from './scenarios.js';

const figures = (name: Figures['name'], rate: number, routerCore = 1): Figures => ({
  ...{ name, title: name, rate, p50: 10, p99: 1_000 / rate, memory: rate * 2 ** 20, fetches: 6 },
  ...{ processor: 1_000 / rate, routerCore, othersCore: 0.5 },
});

describe('the report', () => {
  it('shows ours in proportion to each of the others, beside the aim', () => {
    const all = [figures('ours', 2_000), figures('apollo', 100), figures('hive-rust', 500)];
    const cells = (scenario: number) =>
      ratioTable(scenarios[scenario]!, all)!
        .split('\n')
        .slice(2)
        .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells(0)).toEqual([
      ['', 'apollo', '20.00', '>= 20', '20.00', '0.050', '< 1', '20.00', '< 1', ''],
      ['', 'hive-rust', '4.00', '>= 5', '4.00', '0.250', '< 1', '4.00', '< 1', ''],
    ]);
    expect(cells(2).map((row) => row[3])).toEqual(['-', '>= 6']);
  });

  it('names routers that did not use their core', () => {
    expect(notSaturated([figures('ours', 10, 0.8), figures('apollo', 1, 0.98)])).toContain(': ours.');
    expect(notSaturated([figures('apollo', 1, 0.98)])).toBeUndefined();
  });
});

it('gives all visitors names of one length, and each another', () => {
  const names = Array.from({ length: 2_000 }, (_, index) => visitorName(index));
  expect(new Set(names).size).toBe(2_000);
  expect(new Set(names.map((name) => name.length)).size).toBe(1);
});

it('reads lists of cores', () => {
  expect(coresOf('0-2,5')).toEqual([0, 1, 2, 5]);
  expect(coresOf('3')).toEqual([3]);
});

describe('options', () => {
  it('refuses what it does not know in one line', () => {
    expect(() => readOptions(['--rounds', 'many'])).toThrow('--rounds must be a whole number');
    expect(() => readOptions(['--only', 'alone,together'])).toThrow('--only knows alone,');
    expect(() => readOptions(['--profile', 'theirs'])).toThrow('--profile knows ours,');
  });

  it('lets what is given win over --quick', () => {
    expect(readOptions(['--quick', '--rounds', '3'])).toMatchObject({ rounds: 3, seconds: 2 });
  });
});
