import type { RedisConnection } from '@diaspora/kit';
import { createBatches } from './batches.js';

/** Members of named sets that are gone by themselves when nobody renews them, whatever became of who put them there. */
export interface Expiring {
  /**
   * Keeps a member for so long from now on; true when it was not there. One that has more than half of its time left is
   * not renewed. Never rejects.
   */
  add(set: string, member: string, ttlMs: number): Promise<boolean>;
  /** False when it was not there. Never rejects. */
  remove(set: string, member: string): Promise<boolean>;
  /** Who is there, and for how many milliseconds if nobody renews them. Nobody while Redis is away. */
  membersOf(set: string): Promise<ReadonlyMap<string, number>>;
}

/** Redis's clock counts, so that those of the processes do not have to agree. A set goes with its last member. */
const now = `local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

const addScript = `${now}
local ttl = tonumber(ARGV[2])
local left = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) - now
if left > ttl / 2 then return 0 end
redis.call('ZADD', KEYS[1], now + ttl, ARGV[1])
if redis.call('PTTL', KEYS[1]) < ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
if left > 0 then return 0 end
return 1`;

const membersScript = `${now}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES')
for i = 2, #found, 2 do found[i] = tostring(found[i] - now) end
return found`;

const readTogether = 500;

export function createExpiring({
  redis,
  namespace,
}: {
  readonly redis: RedisConnection;
  readonly namespace: string;
}): Expiring {
  const keyOf = (set: string) => `${namespace}:expiring:${set}`;

  /** The outage itself is logged by the connection. */
  async function attempt<T>(fallback: T, command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      if (redis.status() === 'ready') redis.log.warn({ err: error }, 'An expiring set could not be used');
      return fallback;
    }
  }

  const read = createBatches(
    async (sets: readonly string[]) => {
      const pipeline = redis.client.pipeline();
      for (const set of sets) pipeline.eval(membersScript, 1, keyOf(set));
      const answers = (await pipeline.exec()) ?? [];
      return sets.map((_, index) => membersIn(answers[index]?.[1]));
    },
    { size: readTogether },
  );

  return {
    add: (set, member, ttlMs) =>
      attempt(false, async () => (await redis.client.eval(addScript, 1, keyOf(set), member, ttlMs)) === 1),
    remove: (set, member) => attempt(false, async () => (await redis.client.zrem(keyOf(set), member)) === 1),
    membersOf: (set) => attempt(new Map<string, number>(), () => read(set)),
  };
}

function membersIn(answer: unknown): ReadonlyMap<string, number> {
  const list = Array.isArray(answer) ? (answer as string[]) : [];
  return new Map(
    list.flatMap((member, index) => (index % 2 === 0 ? [[member, Number(list[index + 1])] as const] : [])),
  );
}
