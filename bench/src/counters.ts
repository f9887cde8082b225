import { median } from './load.js';
import type { Machine } from './machine.js';

/** What a journey causes. */
export interface Work {
  /** Requests of the router to subgraphs. */
  readonly fetches: number;
  /** SQL statements by subgraph, those without any left out. */
  readonly statements: Readonly<Record<string, number>>;
}

type Counts = Readonly<Record<string, number>>;

/** Fetches and statements, what its messages cause among them, by the counters before and after: the median of five. */
export async function countWork(machine: Machine, ask: () => Promise<void>): Promise<Work> {
  const differences: Counts[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await calm(machine);
    await ask();
    const after = await calm(machine);
    differences.push(
      Object.fromEntries(Object.keys(after).map((name) => [name, after[name]! - before[name]!])),
    );
  }
  const typical = (name: string) => median(differences.map((difference) => difference[name]!));
  const names = machine.metricsUrls.map(({ name }) => name).filter((name) => name !== 'router');
  const statements = names.map((name) => [name, typical(name)] as const).filter(([, count]) => count > 0);
  return { fetches: typical('router'), statements: Object.fromEntries(statements) };
}

/** Counters once they stand still: messages of earlier requests are still being handled for a moment. */
async function calm(machine: Machine): Promise<Counts> {
  let last = await readCounters(machine);
  for (let attempt = 0; attempt < 100; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = await readCounters(machine);
    if (Object.keys(now).every((name) => now[name] === last[name])) return now;
    last = now;
  }
  throw new Error('The counters of the subgraphs do not come to rest.');
}

/** Requests of the router to subgraphs, and the SQL statements of each subgraph, since its start. */
export async function readCounters({ metricsUrls }: Machine): Promise<Counts> {
  const counts = await Promise.all(
    metricsUrls.map(async ({ name, url }) => {
      const text = await (await fetch(url)).text();
      const counter = name === 'router' ? 'subgraph_fetches_total' : 'sql_statements_total';
      const samples = text.matchAll(new RegExp(`^${counter}(?:\\{.*\\})? (\\d+)`, 'gm'));
      return [name, [...samples].reduce((sum, [, value]) => sum + Number(value), 0)] as const;
    }),
  );
  return Object.fromEntries(counts);
}
