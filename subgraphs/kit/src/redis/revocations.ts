import { systemClock, type Clock } from '../clock.js';
import type { RedisConnection } from './connect.js';
import { createTtlMap } from './ttl-map.js';

export interface TokenFacts {
  sessionId: string;
  tokenId: string;
  userId: string;
  /** The user's session epoch at the time the token was issued; an integer that only grows. */
  epoch: number;
}

/**
 * Which access tokens no longer count, known to every process.
 *
 * Fails open: while Redis is away a revocation this process never heard of is not seen. That is bounded by the
 * life of an access token (15 minutes), after which the refresh goes to the database. What this process did hear of
 * stays in a bounded mirror and decides with or without Redis; after an outage the mirror is written back, so that
 * a Redis that lost everything learns it again.
 */
export interface Revocations {
  /** `ttlSeconds`: the longest remaining life of a token of this session. False when Redis is away (sent later). */
  revokeSession(sessionId: string, ttlSeconds: number): Promise<boolean>;
  revokeToken(tokenId: string, ttlSeconds: number): Promise<boolean>;
  /** Tokens of an epoch below this one are stale. Never lowers a stored epoch. */
  raiseEpoch(userId: string, epoch: number): Promise<boolean>;
  /** At most one round trip. Never rejects. */
  check(facts: TokenFacts): Promise<'valid' | 'revoked' | 'stale'>;
  /**
   * Calls `onHeard` each time this process hears of what may concern such a token, which is then to be checked again: for
   * what is open for long. Answers how to end that.
   */
  watch(facts: Omit<TokenFacts, 'epoch'>, onHeard: () => void): () => void;
  /** Resolves when this process hears of the revocations of others (or when Redis is away). */
  readonly ready: Promise<void>;
}

export interface RevocationsOptions {
  redis: RedisConnection;
  namespace: string;
  clock?: Clock;
  /** How long an epoch is remembered: no shorter than an access token lives. Default one hour. */
  epochSeconds?: number;
  /** Entries of the mirror. Default 50,000, about 10 MB. */
  mirrorSize?: number;
}

type Entry = [key: string, epoch: number, expiresAt: number];

// Keeps the higher epoch and the later expiry, whatever order writers arrive in; tells others only what is new.
const raise = `
local stored = tonumber(redis.call('GET', KEYS[1]) or '-1')
local ttl = math.max(tonumber(ARGV[2]), redis.call('PTTL', KEYS[1]))
if tonumber(ARGV[1]) <= stored then return redis.call('PEXPIRE', KEYS[1], ttl) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ttl)
return redis.call('PUBLISH', ARGV[3], ARGV[4])`;

const restoreBatch = 500;

export function createRevocations(options: RevocationsOptions): Revocations {
  const { redis, namespace, clock = systemClock, epochSeconds = 3_600, mirrorSize = 50_000 } = options;
  const mirror = createTtlMap<number>(mirrorSize);
  const channel = `${namespace}:revocations`;
  const now = () => clock.now().getTime();
  const watchers = new Map<string, Set<() => void>>();
  const keysOf = (facts: Omit<TokenFacts, 'epoch'>) => [
    `session:${facts.sessionId}`,
    `token:${facts.tokenId}`,
    `epoch:${facts.userId}`,
  ];

  function learn([key, epoch, expiresAt]: Entry) {
    if (epoch >= (mirror.get(key, now()) ?? 0)) mirror.set(key, epoch, expiresAt);
  }

  async function write(entry: Entry): Promise<boolean> {
    const [key, epoch, expiresAt] = entry;
    const ttl = Math.max(1, Math.ceil(expiresAt - now()));
    try {
      await redis.client.eval(raise, 1, `${channel}:${key}`, epoch, ttl, channel, JSON.stringify(entry));
      return true;
    } catch (error) {
      if (redis.status() === 'ready') redis.log.error({ err: error }, 'A revocation was not shared');
      return false;
    }
  }

  function add(key: string, epoch: number, ttlSeconds: number): Promise<boolean> {
    const entry: Entry = [key, epoch, now() + ttlSeconds * 1_000];
    learn(entry);
    return write(entry);
  }

  function hear(entry: Entry) {
    learn(entry);
    for (const onHeard of [...(watchers.get(entry[0]) ?? [])]) onHeard();
  }

  function watch(facts: Omit<TokenFacts, 'epoch'>, onHeard: () => void): () => void {
    const keys = keysOf(facts);
    for (const key of keys) watchers.set(key, (watchers.get(key) ?? new Set()).add(onHeard));
    return () => {
      for (const key of keys) {
        const others = watchers.get(key);
        others?.delete(onHeard);
        if (others?.size === 0) watchers.delete(key);
      }
    };
  }

  const listening = redis.subscriptions().listen(channel, {
    message: (text) => hear(JSON.parse(text) as Entry),
    resync: () => undefined,
  });
  redis.client.on('ready', () => void restore());

  async function restore() {
    const entries = mirror.entries(now());
    for (let at = 0; at < entries.length && redis.status() === 'ready'; at += restoreBatch) {
      const batch = entries.slice(at, at + restoreBatch);
      await Promise.all(batch.map(({ key, value, expiresAt }) => write([key, value, expiresAt])));
    }
  }

  function judge(facts: TokenFacts, known: (number | undefined)[]): 'valid' | 'revoked' | 'stale' {
    const [session, token, epoch = 0] = known;
    if (session !== undefined || token !== undefined) return 'revoked';
    return facts.epoch < epoch ? 'stale' : 'valid';
  }

  return {
    ready: listening.ready,
    watch,
    revokeSession: (sessionId, ttlSeconds) => add(`session:${sessionId}`, 1, ttlSeconds),
    revokeToken: (tokenId, ttlSeconds) => add(`token:${tokenId}`, 1, ttlSeconds),
    raiseEpoch: (userId, epoch) => add(`epoch:${userId}`, epoch, epochSeconds),
    async check(facts) {
      const keys = keysOf(facts);
      const local = judge(
        facts,
        keys.map((key) => mirror.get(key, now())),
      );
      if (local !== 'valid' || redis.status() === 'away') return local;
      try {
        const stored = await redis.client.mget(keys.map((key) => `${channel}:${key}`));
        const known = stored.map((value) => (value === null ? undefined : Number(value)));
        known.forEach(
          (value, at) => value !== undefined && learn([keys[at] ?? '', value, now() + epochSeconds * 1_000]),
        );
        return judge(facts, known);
      } catch {
        return local;
      }
    },
  };
}
