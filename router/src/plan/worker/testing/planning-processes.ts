import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Process {
  readonly parent: string;
  readonly state: string;
  readonly words: readonly string[];
}

/** How many planning processes this process has. */
export async function planningProcesses(): Promise<number> {
  // Small images have no ps, other systems no /proc.
  const all = existsSync('/proc/self/stat') ? await readProc() : await askPs();
  return all.filter(
    ({ parent, state, words }) =>
      parent === String(process.pid) &&
      !state.startsWith('Z') &&
      words.some((word) => word.endsWith('plan/worker/main.ts')),
  ).length;
}

async function readProc(): Promise<Process[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    ids.map(async (id) => {
      const read = (name: string) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '');
      const [stat, command] = await Promise.all([read('stat'), read('cmdline')]);
      // The name of a program, in brackets, may hold brackets and spaces.
      const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { parent, state, words: command.split('\0') };
    }),
  );
}

async function askPs(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,stat=,command=']);
  return stdout.split('\n').map((line) => {
    const [parent = '', state = '', ...words] = line.trim().split(/\s+/);
    return { parent, state, words };
  });
}
