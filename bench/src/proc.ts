import { readdir, readFile } from 'node:fs/promises';

/** Bytes; of Linux only, elsewhere undefined. */
export interface Memory {
  /** Resident memory of every process added up: pages they share count once for each. */
  readonly rss: number;
  /** The same with shared pages divided among those who share them. */
  readonly pss: number;
  readonly processes: number;
}

// USER_HZ, which Linux has fixed at 100 for what it shows of itself.
const ticksPerSecond = 100;

/**
 * Seconds of processor time that each of the named processes has used, this process (`load`) and all else that
 * descends from it (`storage`: PostgreSQL and Redis). Undefined where /proc does not tell.
 */
export async function processorSeconds(
  pids: Readonly<Record<string, number>>,
): Promise<Record<string, number> | undefined> {
  const named = Object.entries({ ...pids, load: process.pid });
  const others = (await treeOf(process.pid)).filter((pid) => named.every(([, known]) => known !== pid));
  const seconds = await Promise.all(named.map(async ([name, pid]) => [name, await secondsOf(pid)] as const));
  if (seconds.some(([, value]) => value === undefined)) return undefined;
  const storage = await Promise.all(others.map((pid) => secondsOf(pid, 'with ended children')));
  const sum = storage.reduce<number>((total, value) => total + (value ?? 0), 0);
  return { ...(Object.fromEntries(seconds) as Record<string, number>), storage: sum };
}

/** PostgreSQL ends connections that are idle: what they used is by then among the ended children of their parent. */
async function secondsOf(pid: number, children?: 'with ended children'): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, children ? 15 : 13).reduce((sum, field) => sum + Number(field), 0);
  return ticks / ticksPerSecond;
}

/** Memory of a process and all that descend from it; undefined where /proc does not tell. */
export async function memoryOf(pid: number): Promise<Memory | undefined> {
  const pids = await treeOf(pid);
  const each = await Promise.all(pids.map(memoryOfOne));
  const known = each.filter((one) => one !== undefined);
  if (known.length === 0) return undefined;
  const sum = (key: 'rss' | 'pss') => known.reduce((total, one) => total + one[key], 0);
  return { rss: sum('rss'), pss: sum('pss'), processes: known.length };
}

async function memoryOfOne(pid: number): Promise<{ rss: number; pss: number } | undefined> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1_024;
  return text === '' ? undefined : { rss: bytes('Rss'), pss: bytes('Pss') };
}

async function treeOf(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc').catch(() => [])) {
    const stat = /^\d+$/.test(entry) && (await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => ''));
    if (stat) parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const tree = [root];
  for (const pid of tree)
    tree.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child));
  return tree;
}
