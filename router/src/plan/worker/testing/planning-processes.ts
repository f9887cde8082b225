import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How many planning processes this process has. */
export async function planningProcesses(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,stat=,command=']);
  const own = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return own.filter(
    ([parent, state, ...command]) =>
      parent === String(process.pid) &&
      !state?.startsWith('Z') &&
      command.some((word) => word.endsWith('plan/worker/main.ts')),
  ).length;
}
