import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

type Options = { port: number; log: (line: string) => void };

/** Milliseconds before an embedded Valkey that ended by itself is started again. */
const RESTART_PAUSE = 100;

/**
 * Runs the embedded Valkey in a child process: it must neither block our event loop nor stall with it. The child ends
 * with us (its IPC channel closes); when it ends by itself it is started again on the same port, empty.
 */
export async function startValkey({ port, log }: Options): Promise<{ pid(): number; stop(): Promise<void> }> {
  let stopping = false;
  let child = await launch(port, log);
  const revive = (code: number | null) => {
    if (stopping) return;
    log(`The embedded Valkey ended (code ${code}); it is started again, empty.`);
    setTimeout(() => {
      if (stopping) return;
      launch(port, log).then(adopt, (error: Error) => {
        log(error.message);
        revive(null);
      });
    }, RESTART_PAUSE);
  };
  const adopt = (fresh: ChildProcess) => {
    child = fresh;
    if (stopping) child.kill('SIGKILL');
    child.once('exit', revive);
  };
  adopt(child);
  return {
    pid: () => child.pid as number,
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function launch(port: number, log: (line: string) => void): Promise<ChildProcess> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(fileURLToPath(new URL('./valkey-process.ts', import.meta.url)), [String(port)], {
    execArgv: ['--no-warnings', '--import', loader],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  if (child.stderr) createInterface(child.stderr).on('line', log);
  return new Promise((done, fail) => {
    child.once('message', () => done(child));
    child.once('error', fail);
    child.once('exit', (code) =>
      fail(new Error(`The embedded Valkey did not start on port ${port} (code ${code}).`)),
    );
  });
}
