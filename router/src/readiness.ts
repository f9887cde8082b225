import type { ReadinessCheck, RedisConnection } from '@diaspora/kit';

const timeoutMs = 1_500;

/** What the router needs to be of use: every subgraph answering ready, and Redis. */
export function readinessChecks(
  subgraphs: ReadonlyMap<string, string>,
  redis: RedisConnection,
): Record<string, ReadinessCheck> {
  const checks: Record<string, ReadinessCheck> = { redis: () => redis.client.ping() };
  for (const [name, url] of subgraphs) {
    checks[name] = async () => {
      const response = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(timeoutMs) });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`${name} answered ${response.status}`);
    };
  }
  return checks;
}
