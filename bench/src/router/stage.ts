import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createStopStack } from '@diaspora/kit';
import type { Progress } from '@diaspora/local/progress';
import { compare } from './check.js';
import { ask, next, start, type Cores, type Started } from './processes.js';
import { query } from './query.js';
import { createReference } from './reference.js';
import type { Router } from './routers.js';
import { visitorName, type Scenario } from './scenarios.js';
import type { SubgraphName } from './subgraphs/schemas.js';

export interface RunningRouter {
  readonly router: Router;
  readonly process: Started;
  readonly port: number;
  /** What it answers while data stands still: found right, but perhaps with its fields in another order. */
  readonly expected: string;
}

/** The subgraphs and all routers of one scenario, each a process of its own. */
export interface Stage {
  readonly routers: readonly RunningRouter[];
  readonly subgraphs: Started;
  /** The right answer while data stands still. */
  readonly reference: unknown;
  /** How many requests the subgraphs have answered. */
  answered(): Promise<number>;
  stop(): Promise<void>;
}

interface Setup {
  readonly scenario: Scenario;
  readonly routers: readonly Router[];
  readonly cores: Cores;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** More arguments of node for the routers. */
  readonly nodeArgs?: readonly string[];
}

export const requestBody = JSON.stringify({ query });
const readyWithinMs = 60_000;
const askAgainAfterMs = 100;

/** Starts everything and asks each router once; rejects, with nothing left running, when an answer is wrong. */
export async function startStage(setup: Setup): Promise<Stage> {
  const { scenario, cores, progress, signal } = setup;
  const stack = createStopStack();
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'router-bench-'));
    stack.push(() => rm(folder, { recursive: true, force: true }));
    const entry = path.join(import.meta.dirname, 'subgraphs/main.ts');
    const subgraphs = start({
      args: ['--import', 'tsx', entry, ...(scenario.isChanging ? ['--changing'] : [])],
      cwd: path.resolve(import.meta.dirname, '../../..'),
      cores: cores.others,
    });
    stack.push(() => subgraphs.stop());
    const { urls } = await next<{ urls: Record<SubgraphName, string> }>(subgraphs);
    const reference = createReference(urls);
    const visitor = scenario.visitors > 0 ? visitorName(0) : undefined;
    const right: unknown = JSON.parse(await reference.answer(query, visitor ?? null));
    const supergraph = path.join(folder, 'supergraph.graphql');
    await writeFile(supergraph, reference.supergraphSdl);
    const routers: RunningRouter[] = [];
    for (const router of setup.routers) {
      signal.throwIfAborted();
      const port = await freePort();
      const setting = {
        ...{ supergraph, port },
        isSharing: scenario.isSharing,
        isForwarding: scenario.visitors > 0,
      };
      const process = start({
        args: [...(setup.nodeArgs ?? []), ...router.args(setting)],
        cwd: router.cwd,
        env: router.env(setting),
        cores: cores.router,
      });
      stack.push(() => process.stop());
      const expected = await progress.step(router.title, () =>
        firstAnswer({ process, port, visitor, right }),
      );
      routers.push({ router, process, port, expected });
    }
    return {
      ...{ routers, subgraphs, reference: right },
      answered: async () => (await ask<{ answered: number }>(subgraphs, {})).answered,
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}

interface Asking {
  readonly process: Started;
  readonly port: number;
  readonly visitor: string | undefined;
  readonly right: unknown;
}

/** The router's first answer, as soon as there is one. */
async function firstAnswer({ process, port, visitor, right }: Asking): Promise<string> {
  const deadline = performance.now() + readyWithinMs;
  let ended: string | undefined;
  void process.ended.then((words) => (ended = words));
  while (performance.now() < deadline && ended === undefined) {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: 'application/json' },
        ...(visitor && { authorization: `Bearer ${visitor}` }),
      },
      body: requestBody,
    }).catch(() => undefined);
    if (response) {
      const text = await response.text();
      const difference = response.ok
        ? compare(right, parsed(text), { visitor })
        : `status ${response.status}`;
      if (difference === undefined) return text;
      throw new Error(`The first answer is wrong: ${difference}; ${text.slice(0, 300)}`);
    }
    await delay(askAgainAfterMs);
  }
  throw new Error(ended === undefined ? 'It does not answer.' : `It ended: ${ended}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
