import { table } from '../tables.js';
import type { Figures } from './measure.js';
import type { RouterName } from './routers.js';
import type { Scenario } from './scenarios.js';

const digits = (value: number | undefined, places: number) =>
  value === undefined ? '-' : value.toFixed(places);

const percent = (value: number | undefined) => digits(value && value * 100, 0);

/** What each router did in one scenario. */
export function figuresTable(figures: readonly Figures[]): string {
  const heads = [
    'router',
    'req/s',
    'p50 ms',
    'p99 ms',
    'peak MiB',
    'fetches',
    'CPU ms',
    'its core %',
    'other cores %',
  ];
  const rows = figures.map((one) => [
    one.title,
    digits(one.rate, one.rate < 1_000 ? 1 : 0),
    digits(one.p50, 1),
    digits(one.p99, 1),
    digits(one.memory && one.memory / 2 ** 20, 0),
    digits(one.fetches, 2),
    digits(one.processor, 2),
    percent(one.routerCore),
    percent(one.othersCore),
  ]);
  return table(heads, rows);
}

/** Requests a second that ours is to have, as a multiple of another's. */
export function targetOf(scenario: Scenario, than: RouterName): number | undefined {
  const isAlone = !scenario.isSharing || scenario.visitors > 0;
  if (than === 'apollo') return isAlone ? 20 : undefined;
  if (than === 'hive-rust') return isAlone ? 5 : 6;
  return undefined;
}

/** Ours in proportion to the others; undefined when there is nothing to compare. */
export function ratioTable(scenario: Scenario, figures: readonly Figures[]): string | undefined {
  const ours = figures.find(({ name }) => name === 'ours');
  const others = figures.filter(({ name }) => name !== 'ours');
  if (!ours || others.length === 0) return undefined;
  const rows = others.map((one) => {
    const target = targetOf(scenario, one.name);
    return [
      one.title,
      digits(ours.rate / one.rate, 2),
      target === undefined ? '-' : `>= ${target}`,
      digits(ours.processor && one.processor && one.processor / ours.processor, 2),
      digits(ours.p99 / one.p99, 3),
      '< 1',
      digits(ours.memory && one.memory && ours.memory / one.memory, 2),
      '< 1',
    ];
  });
  return table(
    ['ours in proportion to', 'req/s', 'aim', 'answers per CPU time', 'p99', 'aim', 'peak', 'aim'],
    rows,
  );
}

/** A router that leaves its core idle was held up by the others: what it can do is more than its figure. */
export function notSaturated(figures: readonly Figures[]): string | undefined {
  const idle = figures.filter(({ routerCore }) => routerCore !== undefined && routerCore < 0.9);
  if (idle.length === 0) return undefined;
  const names = idle.map(({ title }) => title).join(', ');
  return `Not the bottleneck here, so at least what is shown: ${names}.`;
}
