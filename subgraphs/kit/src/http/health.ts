import type { Express } from 'express';

/** Resolves when the dependency works, rejects when it does not. */
export type ReadinessCheck = () => Promise<unknown>;

/** A check that has worked is `failing` from its third failure in a row on, any other from its first, until it works. */
export type CheckStates = Readonly<Record<string, 'ok' | 'failing'>>;

export interface Health {
  ready(): Promise<{ ready: boolean; checks: CheckStates }>;
  /** From now on /health/ready answers 503, so that load balancers send nothing new. */
  drain(): void;
}

const failuresBeforeFailing = 3;
const checkTimeoutMs = 2_000;

const everything = (checks: CheckStates): boolean => Object.values(checks).every((state) => state === 'ok');

/**
 * Readiness with hysteresis: one slow answer of a dependency does not take a replica out. `isEnough` says what has to
 * work; everything unless given.
 */
export function createHealth(
  checks: Readonly<Record<string, ReadinessCheck>>,
  isEnough: (checks: CheckStates) => boolean = everything,
): Health {
  const failures = new Map(Object.keys(checks).map((name) => [name, failuresBeforeFailing - 1]));
  let draining = false;

  const probe = async ([name, check]: [string, ReadinessCheck]): Promise<[string, 'ok' | 'failing']> => {
    const work = (async () => check())(); // a check that throws at once has failed like one that rejects
    const succeeded = await within(checkTimeoutMs, work).then(
      () => true,
      () => false,
    );
    failures.set(name, succeeded ? 0 : (failures.get(name) ?? 0) + 1);
    return [name, failures.get(name)! < failuresBeforeFailing ? 'ok' : 'failing'];
  };

  return {
    drain: () => void (draining = true),
    ready: async () => {
      const states = Object.fromEntries(await Promise.all(Object.entries(checks).map(probe)));
      return { ready: !draining && isEnough(states), checks: states };
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
