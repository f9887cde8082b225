import { createHealth, type Health, type ReadinessCheck, type RedisConnection } from '@diaspora/kit/core';
import type { RemoteKeys } from './access/remote-keys.js';

const timeoutMs = 1_500;
/** How long an answer that says ready is given to everybody who asks. */
const sharedMs = 1_000;

export interface ReadinessParts {
  /**
   * Addresses by name, of the supergraph in use; none where they answer no question about health, as subgraphs of
   * others.
   */
  readonly subgraphs: () => ReadonlyMap<string, string>;
  readonly redis: RedisConnection | undefined;
  readonly keys: RemoteKeys | undefined;
}

/**
 * Ready while tokens can be checked and one subgraph at least is ready: what the others would have filled is answered
 * UNAVAILABLE at its paths, and without Redis revocations are decided from what was heard. The state of each is told.
 */
export function createReadiness({ subgraphs, redis, keys }: ReadinessParts): Health {
  let asked = subgraphs();
  let health = createFor(asked, { redis, keys });
  let isDraining = false;
  const current = (): Health => {
    if (subgraphs() !== asked) {
      asked = subgraphs();
      health = createFor(asked, { redis, keys });
      if (isDraining) health.drain();
    }
    return health;
  };
  return {
    ready: () => current().ready(),
    drain: () => {
      isDraining = true;
      current().drain();
    },
  };
}

function createFor(
  subgraphs: ReadonlyMap<string, string>,
  { redis, keys }: Pick<ReadinessParts, 'redis' | 'keys'>,
): Health {
  const checks: Record<string, ReadinessCheck> = {};
  if (redis) checks['redis'] = () => redis.client.ping();
  if (keys) checks['signingKeys'] = async () => keys.jwks() ?? keys.reload();
  for (const [name, url] of subgraphs) checks[name] = () => askReady(name, url);
  const isEnough: Parameters<typeof createHealth>[1] = (states) =>
    (keys === undefined || states['signingKeys'] === 'ok') &&
    (subgraphs.size === 0 || [...subgraphs.keys()].some((name) => states[name] === 'ok'));
  return shareAnswers(createHealth(checks, isEnough));
}

async function askReady(name: string, url: string): Promise<void> {
  const response = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(timeoutMs) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${name} answered ${response.status}`);
}

/** The endpoint is public: whoever asks it often must neither flood the subgraphs nor use up the patience with them. */
export function shareAnswers(health: Health): Health {
  let current: ReturnType<Health['ready']> | undefined;
  const ask = () => {
    const answer = health.ready();
    const forget = () => {
      if (current === answer) current = undefined;
    };
    answer.then(({ ready }) => (ready ? void setTimeout(forget, sharedMs).unref() : forget()), forget);
    return answer;
  };
  return {
    ready: () => (current ??= ask()),
    drain: () => {
      health.drain();
      current = undefined;
    },
  };
}
