import { readFile, writeFile } from 'node:fs/promises';

/** From now on the peak of this process counts anew; of Linux only. */
export const forgetPeak = (pid: number): Promise<void> =>
  writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined);

/**
 * The most resident memory, in bytes, that a process had at any moment, and those that descend from it added up:
 * what transforms TypeScript for it counts too. Undefined where /proc does not tell.
 */
export async function peakMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) return undefined;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const peaks = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => peakMemory(Number(child))),
  );
  return peaks.reduce<number>((sum, peak) => sum + (peak ?? 0), Number(kibibytes) * 1_024);
}
