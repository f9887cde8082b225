import type { Express } from 'express';

/** Resolves when the dependency works, rejects when it does not. */
export type ReadinessCheck = () => Promise<unknown>;

export interface Health {
  /** True until `checks` have failed `failuresBeforeUnready` times in a row, and again after one success. */
  ready(): Promise<{ ready: boolean; checks: Record<string, 'ok' | 'failing'> }>;
  /** From now on /health/ready answers 503, so that load balancers send nothing new. */
  drain(): void;
}

const failuresBeforeUnready = 3;
const checkTimeoutMs = 2_000;

/** Readiness with hysteresis: one slow answer of a dependency does not take a replica out. */
export function createHealth(checks: Readonly<Record<string, ReadinessCheck>>): Health {
  const failures = new Map<string, number>();
  let everReady = false;
  let draining = false;

  const probe = async (name: string, check: ReadinessCheck) => {
    const work = (async () => check())(); // a check that throws at once has failed like one that rejects
    const succeeded = await within(checkTimeoutMs, work).then(
      () => true,
      () => false,
    );
    failures.set(name, succeeded ? 0 : (failures.get(name) ?? 0) + 1);
  };

  return {
    drain: () => void (draining = true),
    ready: async () => {
      await Promise.all(Object.entries(checks).map(([name, check]) => probe(name, check)));
      const limit = everReady ? failuresBeforeUnready : 1;
      const states = Object.keys(checks).map((name) => [name, (failures.get(name) ?? 0) < limit] as const);
      const ready = !draining && states.every(([, working]) => working);
      everReady ||= ready;
      return {
        ready,
        checks: Object.fromEntries(states.map(([name, working]) => [name, working ? 'ok' : 'failing'])),
      };
    },
  };
}

/** `/health/live` looks at nothing outside the process; `/health/ready` asks the dependencies. */
export function mountHealth(app: Express, health: Health): void {
  app.get('/health/live', (_request, response) => void response.json({ status: 'live' }));
  app.get('/health/ready', async (_request, response) => {
    const { ready, checks } = await health.ready();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'unready', checks });
  });
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
