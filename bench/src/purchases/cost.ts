import type { Machine } from '../machine.js';
import { readCounters } from '../counters.js';
import { processorSeconds } from '../proc.js';
import { subgraphs, table } from '../tables.js';

/** What something costs: processor milliseconds by process, SQL statements by subgraph, requests of the router. */
export interface Cost {
  readonly processor: Readonly<Record<string, number>>;
  readonly work: Readonly<Record<string, number>>;
}

/** Begins to measure; the answer ends it, and says what each of `count` cost. */
export async function measureCost(machine: Machine): Promise<(count: number) => Promise<Cost>> {
  const look = async () =>
    [(await processorSeconds(machine.pids)) ?? {}, await readCounters(machine)] as const;
  const [processorBefore, workBefore] = await look();
  return async (count) => {
    const [processor, work] = await look();
    return {
      processor: each(processorBefore, processor, 1_000 / count),
      work: each(workBefore, work, 1 / count),
    };
  };
}

const each = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  scale: number,
) =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - (before[name] ?? 0)) * scale]),
  );

const names = ['router', ...subgraphs, 'storage', 'load'];

/** Of one thing; `work` of the router are its requests to subgraphs. */
export function costTable({ processor, work }: Cost): string {
  const row = (name: string, of: Readonly<Record<string, number>>) => {
    const values = names.map((each) => of[each]);
    const all = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    return [name, all.toFixed(0), ...values.map((value) => value?.toFixed(1) ?? '-')];
  };
  const { router, ...statements } = work;
  return table(
    ['', 'all', ...names],
    [row('CPU ms', processor), row('SQL', statements), row('requests', { router: router ?? 0 })],
  );
}
