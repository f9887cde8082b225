import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Processes that run a module beside the tests, to be killed. */
export function createProcesses() {
  const running = new Set<ChildProcess>();

  /** Ends it as `kill -9` does; resolves when it is gone. */
  async function kill(child: ChildProcess): Promise<void> {
    running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  return {
    kill,
    killAll: () => Promise.all([...running].map(kill)),
    /** Resolves when the process has sent its first message. */
    async start(module: URL, ...args: string[]): Promise<ChildProcess> {
      const child = fork(module, args, { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
      running.add(child);
      const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${module.pathname} ended`)));
      await Promise.race([once(child, 'message'), ended]);
      ended.catch(() => undefined);
      return child;
    },
  };
}
