import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PlanningAnswer, PlanningRequest } from './messages.js';

/** A process of its own that plans: it can be killed at any time, and run out of memory without taking others along. */
export interface PlanningProcess {
  /**
   * One at a time. Rejects with what was thrown there, or with ProcessEnded when the process ends before it answers.
   */
  ask(request: PlanningRequest): Promise<PlanningAnswer>;
  /** Kills it, whatever it is at. Resolves when it is gone. */
  stop(): Promise<void>;
}

export class ProcessEnded extends Error {
  constructor(how: string) {
    super(`The planning process ended (${how}).`);
    this.name = 'ProcessEnded';
  }
}

const isBuilt = import.meta.url.endsWith('.js');
const entry = fileURLToPath(new URL(isBuilt ? './main.js' : './main.ts', import.meta.url));
const typescript = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const howToRun = isBuilt ? ['-C', 'built'] : ['--import', typescript()];

/** `memoryMb`: of its heap. */
export function startProcess(memoryMb: number): PlanningProcess {
  const child = fork(entry, {
    execArgv: [...howToRun, `--max-old-space-size=${memoryMb}`],
    // It needs no secrets; and options of the router's node are not for it.
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let waiting: PromiseWithResolvers | undefined;
  let ended: ProcessEnded | undefined;
  let told = '';
  const gone = new Promise<void>((resolve) => {
    const end = (how: string) => {
      const lastWords = /^.*(?:FATAL|Error).*$/m.exec(told)?.[0];
      ended ??= new ProcessEnded(lastWords ? `${how}: ${lastWords}` : how);
      waiting?.reject(ended);
      resolve();
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(String(signal ?? code)));
  });
  child.stderr?.on('data', (text: Buffer) => {
    if (told.length < 10_000) told += text.toString();
  });
  child.on('message', (answer: PlanningAnswer) => {
    const asked = waiting;
    waiting = undefined;
    if ('failed' in answer) asked?.reject(errorOf(answer.failed));
    else asked?.resolve(answer);
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        waiting = { resolve, reject };
        // That it cannot be told means that it ends, which is heard of above.
        child.send(request, () => undefined);
      }),
    stop: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

interface PromiseWithResolvers {
  readonly resolve: (answer: PlanningAnswer) => void;
  readonly reject: (error: Error) => void;
}

const errorOf = ({ message, stack }: { message: string; stack: string | undefined }): Error =>
  Object.assign(new Error(message), { ...(stack !== undefined && { stack }) });
