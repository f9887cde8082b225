import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createStopStack } from '@diaspora/kit';
import {
  environmentsOf,
  portsFrom,
  startInfrastructure,
  startProcess,
  startProcesses,
  type Environment,
  type Infrastructure,
  findFreeRow,
} from '@diaspora/local';
import type { Run } from './run.js';

export interface Target {
  readonly name: 'router' | 'bareGateway';
  readonly url: string;
}

/** The platform as seven processes, and the bare gateway beside its router. */
export interface Machine {
  readonly router: Target;
  readonly bareGateway: Target;
  readonly mailbox: Infrastructure['mailbox'];
  readonly pids: Readonly<Record<string, number>>;
  /** Where the router and each subgraph show their counters. */
  readonly metricsUrls: readonly { name: string; url: string }[];
  stop(): Promise<void>;
}

/** As a deployment would have it; cheap passwords and long tokens only shorten the way to the first measurement. */
function forBench<Name extends string>(environments: Record<Name, Environment>): Record<Name, Environment> {
  const own = { NODE_ENV: 'production', BCRYPT_COST: '4', ACCESS_TOKEN_SECONDS: '3600' };
  const entries = Object.entries<Environment>(environments).map(([name, env]) => [name, { ...env, ...own }]);
  return Object.fromEntries(entries) as Record<Name, Environment>;
}

export async function startMachine({ progress, signal, logDir }: Run): Promise<Machine> {
  const stack = createStopStack();
  try {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'diaspora-bench-'));
    stack.push(() => rm(dataDir, { recursive: true, force: true }));
    const first = await findFreeRow();
    const ports = portsFrom(first);
    const settings = { ports, dataDir, redisUrl: undefined, logLevel: 'error' } as const;
    const infrastructure = await startInfrastructure(settings, progress, () => undefined);
    stack.push(() => infrastructure.stop());
    signal.throwIfAborted();
    const environments = forBench(environmentsOf(settings, infrastructure));
    const logs = logDir === undefined ? {} : { logDir };
    const services = await progress.step('seven processes', () => startProcesses(environments, logs));
    stack.push(() => services.stop());
    signal.throwIfAborted();
    const afterLast = String(Math.max(...Object.values(ports)) + 1);
    const bare = await progress.step('bare gateway', () =>
      startProcess({
        name: 'bare-gateway',
        entry: 'bench/src/bare-gateway.ts',
        ...logs,
        env: { ...environments.router, PORT: afterLast },
      }),
    );
    stack.push(() => bare.stop());
    const { mailbox } = infrastructure;
    const names = Object.keys(environments) as (keyof typeof environments)[];
    return {
      router: { name: 'router', url: services.url },
      bareGateway: { name: 'bareGateway', url: bare.url },
      mailbox,
      pids: { ...services.pids, bareGateway: bare.pid },
      metricsUrls: names.map((name) => ({ name, url: `http://127.0.0.1:${ports[name]}/metrics` })),
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}
